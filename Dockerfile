# One native program, without a shell or a package manager, for a non-root user:
#
#   docker build -t backup-metrics .
#
# The build has no .git, so pass what the labels need: --build-arg REVISION=$(git rev-parse HEAD) --build-arg VERSION=0.1.0
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
ENV DOTNET_NOLOGO=true DOTNET_CLI_TELEMETRY_OPTOUT=true
# The linker for a native program.
RUN apt-get update && apt-get install -y --no-install-recommends clang zlib1g-dev
WORKDIR /source
COPY .editorconfig global.json Directory.Build.props Directory.Packages.props ./
COPY deploy/postgresql/ deploy/postgresql/
COPY BackupMetricsJob/ BackupMetricsJob/
ARG REVISION=
RUN dotnet publish BackupMetricsJob -c Release -p:SourceRevisionId=$REVISION -o /out

# Contains libc6, libssl3 and ca-certificates, but no time zones.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0.12-noble-chiseled AS final
ARG REVISION=
ARG VERSION=
LABEL org.opencontainers.image.title="backup-metrics" \
      org.opencontainers.image.description="Tells Prometheus how old the backups of PostgreSQL servers are" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="mcr.microsoft.com/dotnet/runtime-deps:10.0.12-noble-chiseled" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /usr/share/zoneinfo/ /usr/share/zoneinfo/
COPY --from=build /out/backup-metrics /usr/local/bin/
# The image's user "app", by number, so that Kubernetes can see that it is not root.
USER 1654:1654
ENTRYPOINT ["/usr/local/bin/backup-metrics"]

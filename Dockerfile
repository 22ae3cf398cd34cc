# One native program, without a shell or a package manager, for a non-root user:
#
#   docker build -t backup-metrics .
#
# The build has no .git, so pass the revision: --build-arg REVISION=$(git rev-parse HEAD)
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
COPY --from=build /usr/share/zoneinfo/ /usr/share/zoneinfo/
COPY --from=build /out/backup-metrics /usr/local/bin/
# The image's user "app", by number, so that Kubernetes can see that it is not root.
USER 1654:1654
ENTRYPOINT ["/usr/local/bin/backup-metrics"]

# One native program, without a shell or a package manager beside it, for a user who is not root:
#
#   docker build -t backup-metrics .
#
# The build has no .git, so the revision is told: --build-arg REVISION=$(git rev-parse HEAD)
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
ENV DOTNET_NOLOGO=true DOTNET_CLI_TELEMETRY_OPTOUT=true
# What links a native program.
RUN apt-get update && apt-get install -y --no-install-recommends clang zlib1g-dev
WORKDIR /source
COPY .editorconfig global.json Directory.Build.props Directory.Packages.props ./
COPY deploy/postgresql/ deploy/postgresql/
COPY BackupMetricsJob/ BackupMetricsJob/
ARG REVISION=
RUN dotnet publish BackupMetricsJob -c Release -p:SourceRevisionId=$REVISION -o /out

# libc6, libssl3, ca-certificates; what it lacks is the time zones.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0.12-noble-chiseled AS final
COPY --from=build /usr/share/zoneinfo/ /usr/share/zoneinfo/
COPY --from=build /out/backup-metrics /usr/local/bin/
# By number, so that Kubernetes sees that it is not root. It is the user "app" of the image.
USER 1654:1654
ENTRYPOINT ["/usr/local/bin/backup-metrics"]

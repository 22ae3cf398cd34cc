# Two images, neither with a shell or a package manager, both for a user who is not root:
#
#   docker build -t backup-metrics .                              the command, for a CronJob
#   docker build -t backup-metrics-schedule --target schedule .   the command and the scheduler
#
# The build has no .git, so the revision is told: --build-arg REVISION=$(git rev-parse HEAD)

# The SDK that global.json names.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS source
ENV CI=true DOTNET_NOLOGO=true DOTNET_CLI_TELEMETRY_OPTOUT=true
WORKDIR /source
COPY .editorconfig global.json Directory.Build.props Directory.Packages.props README.md ./
COPY deploy/postgresql/ deploy/postgresql/
COPY BackupMetricsJob/ BackupMetricsJob/
ARG REVISION=

# With CI=true the packages are those of the lock files, or the build fails.
FROM source AS publish-job
RUN dotnet publish BackupMetricsJob -c Release -p:PublishProfile=standalone -p:SourceRevisionId=$REVISION -o /out

FROM source AS publish-schedule
COPY BackupMetricsJob.Schedule/ BackupMetricsJob.Schedule/
RUN dotnet publish BackupMetricsJob.Schedule -c Release -p:PublishProfile=standalone -p:SourceRevisionId=$REVISION -o /out

# libc6, libgcc, libstdc++, libssl3, ca-certificates; what it lacks is the time zones.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0.12-noble-chiseled AS base
COPY --from=source /usr/share/zoneinfo/ /usr/share/zoneinfo/
# Without it .NET makes a socket in /tmp, which need not be writable.
ENV DOTNET_EnableDiagnostics=0
# By number, so that Kubernetes sees that it is not root. It is the user "app" of the image.
USER 1654:1654
ENTRYPOINT ["/usr/local/bin/backup-metrics"]

FROM base AS schedule
COPY --from=publish-schedule /out/backup-metrics /out/backup-metrics-schedule /usr/local/bin/

# The last one is what is built unless another is named.
FROM base AS job
COPY --from=publish-job /out/backup-metrics /usr/local/bin/

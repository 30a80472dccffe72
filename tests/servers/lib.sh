# shellcheck shell=bash
# shellcheck disable=SC2317 # configure_* and *_ready are called by name
# Private database servers: each in a directory of its own, on a free port and a socket, never as root.
# Sourced by start, stop, keep and with-servers. A server lives in $dir/NAME (pg, mariadb, mysql): `command`
# starts it again, `pid`, `log` and `env` say what they are called.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
server_options=() # more options for the server that is started next
readonly password=s3cret-canary # turns up nowhere else, so tests can search any output for it

# Root keeps its cache where the servers' unprivileged users can read it, too.
cache_dir() {
    if [[ -z ${XDG_CACHE_HOME:-} && $EUID -eq 0 ]]; then
        echo /var/cache/seedpipe
    else
        echo "${XDG_CACHE_HOME:-$HOME/.cache}/seedpipe"
    fi
}

# Durable writes cost minutes in tests and are what a benchmark wants to see.
fast() { [[ ${SEEDPIPE_TEST_FSYNC:-off} == off ]]; }

# ---------------------------------------------------------------- processes

# The account for a server: the first of the names that exists, nobody, or whoever we are.
server_user() {
    local name
    [[ $EUID -eq 0 ]] || { id -un; return; }
    for name in "$@" nobody; do
        if id -u "$name" >/dev/null 2>&1; then echo "$name"; return; fi
    done
}

# Runs a command as that account (and as the same process: its id is the server's).
as_user() {
    local user=$1
    shift
    if [[ $EUID -eq 0 ]]; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME=/nonexistent "$@"
    else
        "$@"
    fi
}

# A port below the ephemeral range on which nobody listens.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
    done
}

# Is process PID alive, and is it a server of DIR (an id may have gone to another process since)?
is_server() {
    local pid=$1 dir=$2
    [[ -r /proc/$pid/cmdline ]] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$dir/"
}

# Writes DIR/command, the script that starts the server in DIR: `write_command DIR USER PROGRAM ARGS...`.
write_command() {
    local dir=$1 user=$2
    shift 2
    {
        echo '#!/usr/bin/env bash'
        echo '# Starts this server (again), detached; its process id goes to the file pid.'
        # shellcheck disable=SC2016
        echo 'cd "$(dirname "$0")" || exit 1'
        if [[ $EUID -eq 0 ]]; then
            printf 'setsid setpriv --reuid=%q --regid=%q --clear-groups' "$user" "$(id -g "$user")"
        else
            printf 'setsid'
        fi
        printf ' %q' "$@"
        echo ' </dev/null >>log 2>&1 &'
        # shellcheck disable=SC2016
        echo 'echo $! >pid'
    } >"$dir/command"
    chmod +x "$dir/command"
}

# Starts DIR/command and waits, a minute at most, until the probe succeeds or the process is gone.
launch() {
    local dir=$1 pid tries
    shift
    "$dir/command"
    pid=$(<"$dir/pid")
    for ((tries = 0; tries < 600; tries++)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

# Launches on a free port; another process may take the port in between, so up to three times.
# `launch_on_port DIR CONFIGURE PROBE...`: CONFIGURE PORT writes the command.
launch_on_port() {
    local dir=$1 configure=$2 try
    shift 2
    for try in 1 2 3; do
        port=$(free_port)
        "$configure" "$port"
        : >"$dir/log"
        if launch "$dir" "$@"; then return 0; fi
        if ! grep -qi 'in use' "$dir/log"; then break; fi
        echo "port $port was taken, attempt $try" >&2
    done
    echo "the server in $dir did not start; its log ends:" >&2
    tail -n 15 "$dir/log" >&2
    return 1
}

# TERM (INT for PostgreSQL, whose TERM waits for its clients), ten seconds later KILL.
stop_server() {
    local dir=$1 pid tries signal=TERM
    [[ -f $dir/pid ]] || return 0
    pid=$(<"$dir/pid")
    if [[ $dir == */pg ]]; then signal=INT; fi
    if is_server "$pid" "$dir"; then kill -"$signal" "$pid" 2>/dev/null || true; fi
    for ((tries = 0; tries < 100; tries++)); do
        is_server "$pid" "$dir" || break
        sleep 0.1
    done
    if is_server "$pid" "$dir"; then kill -KILL "$pid" 2>/dev/null || true; fi
    rm -f "$dir/pid"
}

# ---------------------------------------------------------------- the three servers

# Each prints nothing on success, else its reason on stderr, and leaves $dir/env.

start_pg() {
    local dir=$1/pg bin port user fsync=on
    bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
    if [[ ! -x $bin/postgres ]]; then
        echo "PostgreSQL is not installed (apt-get install postgresql)" >&2
        return 1
    fi
    user=$(server_user postgres)
    install -d -o "$user" -m 755 "$dir"
    as_user "$user" "$bin/initdb" -D "$dir/data" -U postgres -E UTF8 --locale=C.UTF-8 --no-sync \
        --auth-local=trust --auth-host=scram-sha-256 >"$dir/log" 2>&1 || { cat "$dir/log" >&2; return 1; }
    if fast; then fsync=off; fi
    configure_pg() {
        write_command "$dir" "$user" "$bin/postgres" -D "$dir/data" -p "$1" -k "$dir" \
            -c listen_addresses=127.0.0.1 -c max_connections=50 -c fsync="$fsync" \
            -c synchronous_commit="$fsync" -c full_page_writes="$fsync" "${server_options[@]}"
    }
    pg_ready() { psql -X -h "$dir" -p "$port" -U postgres -d postgres -c 'SELECT 1'; }
    launch_on_port "$dir" configure_pg pg_ready || return 1
    psql -X -q -v ON_ERROR_STOP=1 -h "$dir" -p "$port" -U postgres -d postgres <<SQL >&2 || return 1
CREATE ROLE seedpipe LOGIN CREATEDB PASSWORD '$password';
CREATE DATABASE seedpipe_test OWNER seedpipe;
SQL
    cat >"$dir/env" <<SH
SEEDPIPE_TEST_PG_URL='postgres://seedpipe:$password@127.0.0.1:$port/seedpipe_test'
SEEDPIPE_TEST_PG_ADMIN_URL='postgres://postgres@/postgres?host=$dir&port=$port'
SEEDPIPE_TEST_PG_SOCKET=$dir
$(common_env PG "$dir" "$("$bin/postgres" --version | sed 's/^postgres (PostgreSQL) //')")
SH
}

start_mariadb() {
    local dir=$1/mariadb port user mariadbd options=()
    mariadbd=$(PATH=$PATH:/usr/sbin command -v mariadbd) || {
        echo "MariaDB is not installed (apt-get install mariadb-server-core)" >&2
        return 1
    }
    user=$(server_user mysql)
    install -d -o "$user" -m 755 "$dir"
    as_user "$user" mariadb-install-db --no-defaults --datadir="$dir/data" --skip-test-db --skip-name-resolve \
        --auth-root-authentication-method=normal >"$dir/log" 2>&1 || { cat "$dir/log" >&2; return 1; }
    if fast; then options=(--innodb-flush-method=nosync --innodb-flush-log-at-trx-commit=0); fi
    configure_mariadb() {
        write_command "$dir" "$user" "$mariadbd" --no-defaults --datadir="$dir/data" --port="$1" \
            --socket="$dir/sock" --pid-file="$dir/data/server.pid" --bind-address=127.0.0.1 \
            --skip-name-resolve --local-infile=1 "${options[@]}" "${server_options[@]}"
    }
    launch_on_port "$dir" configure_mariadb my_ready "$dir" || return 1
    my_accounts "$dir" || return 1
    my_env MARIADB mariadb "$dir" "$port"
}

start_mysql() {
    local dir=$1/mysql port user root lib mysqld options=()
    root=$("$here/fetch-mysql") || return 1
    lib=$(dirname "$(find "$root/usr/lib" -name 'libc.so.6' | head -n 1)")
    # Debian 12's C library is too old for this server: it runs with the one it came with.
    mysqld=("$(find "$root/usr/lib" "$root/usr/lib64" -name 'ld-linux-*.so.*' 2>/dev/null | head -n 1)"
        --library-path "$lib" "$root/usr/sbin/mysqld" --no-defaults --basedir="$root/usr"
        --lc-messages-dir="$root/usr/share/mysql" --plugin-dir="$root/usr/lib/mysql/plugin"
        --secure-file-priv= --datadir="$dir/data" --innodb-redo-log-capacity=64M)
    user=$(server_user mysql)
    install -d -o "$user" -m 755 "$dir"
    as_user "$user" "${mysqld[@]}" --initialize-insecure >"$dir/log" 2>&1 || { cat "$dir/log" >&2; return 1; }
    if fast; then options=(--innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=OFF --innodb-flush-method=nosync); fi
    configure_mysql() {
        write_command "$dir" "$user" "${mysqld[@]}" --port="$1" --socket="$dir/sock" \
            --pid-file="$dir/data/server.pid" --bind-address=127.0.0.1 --mysqlx=OFF --skip-name-resolve \
            --disable-log-bin --local-infile=1 "${options[@]}" "${server_options[@]}"
    }
    launch_on_port "$dir" configure_mysql my_ready "$dir" || return 1
    my_accounts "$dir" || return 1
    my_env MYSQL mysql "$dir" "$port"
}

my_root() {
    local dir=$1
    shift
    mariadb --no-defaults -N -B -u root -S "$dir/sock" "$@"
}

my_ready() { my_root "$1" -e 'SELECT 1'; }

# All that a user of an application database has, on any database; nothing of an administrator's.
my_accounts() {
    local dir=$1 host
    for host in localhost %; do
        echo "CREATE USER seedpipe@'$host' IDENTIFIED BY '$password';"
        echo "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER," \
            "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE," \
            "ALTER ROUTINE, EVENT, TRIGGER ON *.* TO seedpipe@'$host';"
    done | my_root "$dir" && my_root "$dir" -e 'CREATE DATABASE seedpipe_test'
}

my_env() {
    local name=$1 scheme=$2 dir=$3 port=$4
    cat >"$dir/env" <<SH
SEEDPIPE_TEST_${name}_URL='$scheme://seedpipe:$password@127.0.0.1:$port/seedpipe_test'
SEEDPIPE_TEST_${name}_SOCKET=$dir/sock
$(common_env "$name" "$dir" "$(my_root "$dir" -e 'SELECT version()')")
SH
}

# `port` is the caller's.
common_env() {
    local name=$1 dir=$2 version=$3
    cat <<SH
SEEDPIPE_TEST_${name}_PORT=$port
SEEDPIPE_TEST_${name}_PID=$(<"$dir/pid")
SEEDPIPE_TEST_${name}_DATADIR=$dir/data
SEEDPIPE_TEST_${name}_START=$dir/command
SEEDPIPE_TEST_${name}_VERSION='$version'
SH
}

# ---------------------------------------------------------------- all of them

# start_servers ENVFILE [NAME...]: starts them side by side and writes the shell assignments. One that cannot
# be had is left out with its reason, and with CI=true a failure.
start_servers() {
    local envfile=$1 dir name failed=0
    shift
    if [[ $# -eq 0 ]]; then set -- pg mariadb mysql; fi
    dir=$(mktemp -d "/tmp/sp.XXXXXX")
    chmod 755 "$dir"
    for name in "$@"; do
        (start_"$name" "$dir" 2>"$dir/$name.err") &
    done
    wait
    mkdir -p "$(dirname "$envfile")"
    echo "SEEDPIPE_TEST_DIR=$dir" >"$envfile.new"
    for name in "$@"; do
        if [[ -f $dir/$name/env ]]; then
            cat "$dir/$name/env" >>"$envfile.new"
            echo "$name: $(sed -n "s/.*_VERSION='\(.*\)'/\1/p" "$dir/$name/env")"
        else
            failed=1
            echo "$name: skipped, its tests will not run: $(tr '\n' ' ' <"$dir/$name.err")"
        fi
    done
    mv "$envfile.new" "$envfile"
    if [[ $failed -eq 1 && ${CI:-} == true ]]; then
        echo "a server is missing, and CI skips nothing" >&2
        stop_servers "$dir"
        rm -f "$envfile"
        return 1
    fi
}

stop_servers() {
    local dir=$1 name
    [[ $dir == /tmp/sp.* && -d $dir ]] || return 0
    for name in pg mariadb mysql; do
        stop_server "$dir/$name" &
    done
    wait
    rm -rf "$dir"
}

# The directory of the servers that ENVFILE describes.
servers_dir() {
    if [[ -f $1 ]]; then sed -n 's/^SEEDPIPE_TEST_DIR=//p' "$1"; fi
}

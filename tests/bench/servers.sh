# shellcheck shell=bash
# shellcheck disable=SC2034 # the benchmarks read what is set here
# For benchmarks that go over databases: sets what belongs to an engine, makes empty databases, reads processor time.

use_engine() { # ENGINE: sets engine, base, port, pid, sock
    engine=$1 base='' port='' pid='' sock=''
    case $engine in
    pg) base=$SEEDPIPE_TEST_PG_URL pid=$SEEDPIPE_TEST_PG_PID ;;
    mariadb) base=$SEEDPIPE_TEST_MARIADB_URL port=$SEEDPIPE_TEST_MARIADB_PORT pid=$SEEDPIPE_TEST_MARIADB_PID sock=$SEEDPIPE_TEST_MARIADB_SOCKET ;;
    mysql) base=$SEEDPIPE_TEST_MYSQL_URL port=$SEEDPIPE_TEST_MYSQL_PORT pid=$SEEDPIPE_TEST_MYSQL_PID sock=$SEEDPIPE_TEST_MYSQL_SOCKET ;;
    esac
    export MYSQL_PWD=${base#*://seedpipe:}
    MYSQL_PWD=${MYSQL_PWD%%@*}
}

my() { mariadb --no-defaults --local-infile=1 -h 127.0.0.1 -P "$port" -u seedpipe "$@"; }

fresh() { # NAME: an empty database; its address goes to url
    case $engine in
    sqlite) rm -f "$1.db" "$1.db-"* && url=sqlite:$PWD/$1.db ;;
    pg)
        psql -q "$SEEDPIPE_TEST_PG_ADMIN_URL" -c 'SET client_min_messages = warning' -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1 OWNER seedpipe"
        url=${base%/*}/$1
        ;;
    *)
        my -e "DROP DATABASE IF EXISTS $1; CREATE DATABASE $1"
        url=${base%/*}/$1
        ;;
    esac
}

settle() { # until the server has done what earlier statements left to its background (purge, vacuum, checkpoints)
    local before now
    for _ in {1..150}; do
        before=$(server_cpu)
        sleep 0.2
        now=$(server_cpu)
        if awk -v a="$before" -v b="$now" 'BEGIN {exit b - a > 0.02}'; then return; fi
    done
}

server_cpu() { # seconds of the server's processes so far
    case $engine in
    sqlite) echo 0 ;;
    pg) ps -o pid=,ppid= -e | awk -v p="$pid" '$1 == p || $2 == p {print $1}' | { xargs -I{} cat /proc/{}/stat 2>/dev/null || true; } | # one may end meanwhile
        awk -v hz="$(getconf CLK_TCK)" '{s += $14 + $15 + $16 + $17} END {print s / hz}' ;;
    *) awk -v hz="$(getconf CLK_TCK)" '{print ($14 + $15) / hz}' "/proc/$pid/stat" ;;
    esac
}

# shellcheck shell=bash
# For CLI tests with a second session on a server: other_session opens it, `tell STATEMENTS`, `heard WORD` reads until a line says so;
# `waits`: does a statement wait for somebody's lock?

other_session() {
    case $ENGINE in
    pg) coproc OTHER { PGOPTIONS='-c search_path=public' psql -X -q -A -t -d "$URL"; } ;;
    *)
        local rest=${URL#*@} host port
        host=${rest%%:*} port=${rest#*:}
        coproc OTHER { MYSQL_PWD=s3cret-canary mariadb --no-defaults --skip-ssl -n -N -B -u seedpipe -h "$host" -P "${port%%/*}" "${rest##*/}"; }
        ;;
    esac
}

tell() { echo "$1" >&"${OTHER[1]}"; }

heard() {
    local line=
    until [ "$line" = "$1" ]; do read -r line <&"${OTHER[0]}"; done
}

waits() {
    case $ENGINE in
    pg) [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")" -ge 1 ] ;;
    *) [ "$(sql "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND id <> connection_id() AND time >= 1 AND info IS NOT NULL")" -ge 1 ] ;;
    esac
}

#!/usr/bin/env bash
# fintech-loans times 100 (500,000 rows): `seedpipe run` against the plain path into the same tables with all keys present: COPY text, LOAD DATA or
# prepared inserts of a file made beforehand. Both sides in turn, three times, on each engine. By hand: ./dev bench load
set -euo pipefail
# shellcheck source=tests/bench/servers.sh
. tests/bench/servers.sh
sp=${SEEDPIPE_BIN:?}
runs=${RUNS:-3}
tmp=$(mktemp -d)
chmod 755 "$tmp"
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
recipe=$OLDPWD/recipes/fintech-loans.lua
tables=(borrowers loans payments credit_scores)
gcc -O2 -o plain_sqlite "$OLDPWD/tests/bench/plain_sqlite.c" -lsqlite3

ddl() { # the statements of a small run: tables with all their keys
    "$sp" plan "$recipe" --url "$1" --output json --sql --offline --size 1x | jq -r '.steps[] | select(.kind == "create_table") | .sql[] + ";"'
}
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
rate() { awk -v r=500000 -v s="$1" 'BEGIN {printf "%d", r / s}'; }

dump() { # the rows as text files
    for t in "${tables[@]}"; do
        case $engine in
        sqlite) sqlite3 -separator $'\t' -nullvalue '\N' bench.db "SELECT * FROM $t" >"$t.tsv" ;;
        pg) psql -q "$url" -c "\\copy $t TO '$t.tsv'" ;;
        *) my -N -B bench -e "SELECT * FROM $t" | sed -e 's/\bNULL\b/\\N/g' >"$t.tsv" ;;
        esac
    done
}

plain() { # seconds of the loads alone
    local start=$EPOCHREALTIME t
    case $engine in
    sqlite)
        ddl "$url" | sqlite3 bench.db
        for t in "${tables[@]}"; do ./plain_sqlite bench.db "$t" "$(head -1 "$t.tsv" | awk -F'\t' '{print NF}')" "$t.tsv"; done | awk '{s += $1} END {print s}'
        return
        ;;
    pg)
        ddl "$url" | psql -q "$url"
        start=$EPOCHREALTIME
        for t in "${tables[@]}"; do echo "\\copy $t FROM '$t.tsv'"; done | psql -q "$url"
        ;;
    *)
        ddl "$url" | my bench
        start=$EPOCHREALTIME
        for t in "${tables[@]}"; do echo "LOAD DATA LOCAL INFILE '$t.tsv' INTO TABLE $t;"; done | my bench
        ;;
    esac
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN {print b - a}'
}

printf '%-9s %12s %12s %7s %10s %12s %12s %9s\n' engine 'seedpipe r/s' 'plain r/s' ratio 'verify s' 'client cpu s' 'server cpu s' 'peak MiB'
for engine in ${ENGINES:-sqlite pg mariadb mysql}; do
    use_engine "$engine"
    : >ours.txt
    : >plain.txt
    for ((i = 0; i < runs; i++)); do
        fresh bench
        before=$(server_cpu)
        /usr/bin/time -f '%U %S %M' -o time.txt "$sp" run "$recipe" --url "$url" --size 100x --yes --output json >report.json
        after=$(server_cpu)
        jq -r .load_seconds report.json >>ours.txt
        verify=$(jq -r .verify_seconds report.json)
        dump
        fresh bench
        plain >>plain.txt
    done
    ours=$(median <ours.txt) theirs=$(median <plain.txt)
    read -r user sys peak <time.txt
    printf '%-9s %12s %12s %7.2f %10.2f %12.2f %12.2f %9.1f\n' "$engine" "$(rate "$ours")" "$(rate "$theirs")" "$(awk -v a="$theirs" -v b="$ours" 'BEGIN {print a / b}')" "$verify" \
        "$(awk -v a="$user" -v b="$sys" 'BEGIN {print a + b}')" "$(awk -v a="$before" -v b="$after" 'BEGIN {print b - a}')" "$(awk -v k="$peak" 'BEGIN {print k / 1024}')"
done

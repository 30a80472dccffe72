#!/usr/bin/env bash
# `seedpipe modify` beside bare SQL that does the same, on the same server and on the same data (tests/bench/modify.lua, tables of $ROWS rows).
# Ours is the whole command with all its checks; the bare side gets its rows handed ready, in a temporary table, and lets the foreign keys
# do the rest. Append stands beside `seedpipe run` that grows the table as much. Both sides in turn, the best of $RUNS. By hand: ./dev bench modify
set -euo pipefail
# shellcheck source=tests/bench/servers.sh
. tests/bench/servers.sh
sp=${SEEDPIPE_BIN:?}
rows=${ROWS:-1000000} count=${COUNT:-10000} small=${SMALL:-1000} runs=${RUNS:-3}
recipe=$PWD/tests/bench/modify.lua ours='' bare='' # addresses
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
TIMEFORMAT='%R %U %S'

# ---------------------------------------------------------------- both sides

timed() { # SIDE COMMAND...: seconds and processor seconds, the server's included, are added to SIDE.txt
    local side=$1 before after real user sys
    shift
    if [[ $engine != sqlite ]]; then settle; fi
    before=$(server_cpu)
    { time "$@" >said.txt 2>&1; } 2>time.txt || { cat said.txt >&2; exit 1; }
    after=$(server_cpu)
    read -r real user sys <time.txt
    awk -v r="$real" -v c="$user $sys $after" -v b="$before" 'BEGIN {split(c, p, " "); print r, p[1] + p[2] + p[3] - b}' >>"$side.txt"
}

modify() { "$sp" modify "$recipe" "$@" --url "$ours" --yes --quiet; }
grow() { "$sp" run "$recipe" --url "$bare" --count "$1" --yes --quiet; }

bare() { # FILE with statements; the temporary table `chosen` is filled before them, in the same transaction
    case $engine in
    sqlite) { echo 'PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; BEGIN;' && cat "$1" && echo 'COMMIT;'; } | sqlite3 -bail bare.db ;;
    pg) { echo 'BEGIN;' && cat "$1" && echo 'COMMIT;'; } | psql -q -v ON_ERROR_STOP=1 "$bare" ;;
    *) { echo 'START TRANSACTION;' && cat "$1" && echo 'COMMIT;'; } | my bare ;;
    esac
}

# Every (rows / n)-th row from a number on: no two rounds choose the same. ANALYZE: PostgreSQL knows nothing of a new table.
choose() { # N ROUND
    echo 'CREATE TEMPORARY TABLE chosen (id integer PRIMARY KEY);'
    awk -v n="$1" -v step="$((rows / $1))" -v at="$2" 'BEGIN {
        for (i = 0; i < n; i++) printf "%s(%d)%s", i % 1000 ? "" : "INSERT INTO chosen VALUES ", i * step + at + 1, i % 1000 < 999 && i < n - 1 ? "," : ";\n" }'
    if [[ $engine == pg ]]; then echo 'ANALYZE chosen;'; fi
}

new_values() { # ROUND: new e-mails and telephone numbers
    case $engine in
    mariadb | mysql) echo "UPDATE customers c JOIN chosen k ON k.id = c.id SET c.email = concat('new', c.id, '.$1@example.com'), c.phone = concat('+1 555 01', c.id);" ;;
    *) echo "UPDATE customers SET email = 'new' || id || '.$1@example.com', phone = '+1 555 01' || id WHERE id IN (SELECT id FROM chosen);" ;;
    esac
}

other_orders() {
    case $engine in
    mariadb | mysql) echo "UPDATE orders o JOIN chosen k ON k.id = o.id SET o.status = 'paid', o.amount = o.amount + 1;" ;;
    *) echo "UPDATE orders SET status = 'paid', amount = amount + 1 WHERE id IN (SELECT id FROM chosen);" ;;
    esac
}

new_orders() { # of those chosen customers that are there, with numbers here and there in their index
    local n='(k.id * 2039) % 99999989'
    case $engine in
    mariadb | mysql) n="concat('ORD-', lpad($n, 8, '0'), 'x')" ;;
    *) n="'ORD-' || substr(CAST(100000000 + $n AS text), 2) || 'x'" ;;
    esac
    echo "INSERT INTO orders (customer_id, number, status, amount, placed_at) SELECT k.id, $n, 'open', 10, '2025-12-01 00:00:00' FROM chosen k WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = k.id);"
}

delete_from() { # TABLE
    case $engine in
    mariadb | mysql) echo "DELETE c FROM $1 c JOIN chosen k ON k.id = c.id;" ;;
    *) echo "DELETE FROM $1 WHERE id IN (SELECT id FROM chosen);" ;;
    esac
}

# ---------------------------------------------------------------- one line of the table

best() { sort -n "$1" | awk -v f="$2" 'NR == 1 || $f < m {m = $f} END {print m}'; }

line() { # OPERATION: the best of ours.txt and bare.txt
    if [[ -s bare.txt ]]; then
        printf '%-8s %-30s %8.3f %8.3f %6.1f %10.2f %8.2f %6.1f\n' "$engine" "$1" "$(best ours.txt 1)" "$(best bare.txt 1)" \
            "$(awk -v a="$(best ours.txt 1)" -v b="$(best bare.txt 1)" 'BEGIN {print a / b}')" "$(best ours.txt 2)" "$(best bare.txt 2)" \
            "$(awk -v a="$(best ours.txt 2)" -v b="$(best bare.txt 2)" 'BEGIN {print (b > 0 ? a / b : 0)}')"
    else
        printf '%-8s %-30s %8.3f %8s %6s %10.2f\n' "$engine" "$1" "$(best ours.txt 1)" '' '' "$(best ours.txt 2)"
    fi
}

rounds() { # OPERATION N FUNCTION: FUNCTION ROUND writes the bare side to bare.sql, or leaves it away, and sets `command`
    rm -f ours.txt bare.txt
    for ((round = 0; round < runs; round++)); do
        rm -f bare.sql
        "$3" "$2"
        timed ours modify "${command[@]}"
        if [[ -f bare.sql ]]; then timed bare bare bare.sql; fi
        if [[ $1 == append* && $1 != *offices* && $2 == "$count" ]]; then
            grown=$((grown + count))
            timed bare grow "customers=$grown"
        fi
    done
    line "$1, $2"
}

append() { command=(customers --append --count "$1"); }
update() {
    command=(customers --update "email,phone" --count "$1")
    { choose "$1" "$round" && new_values "$round"; } >bare.sql
}
delete_leaf() {
    command=(orders --delete --count "$1")
    { choose "$1" "$((round + 10))" && delete_from orders; } >bare.sql
}
delete_tree() {
    command=(customers --delete --count "$1")
    { choose "$1" "$((round + 20))" && delete_from customers; } >bare.sql
}
just_append() {
    command=(orders --append --count "$1")
    { choose "$1" "$((round + 50))" && new_orders; } >bare.sql
}
just_update() {
    command=(orders --update "status,amount" --count "$1")
    { choose "$1" "$((round + 30))" && other_orders; } >bare.sql
}
just_delete() {
    command=(orders --delete --count "$1")
    { choose "$1" "$((round + 40))" && delete_from orders; } >bare.sql
}
just_replace() { command=(offices --replace --count "$1"); }
just_truncate() { command=(offices --truncate --reseed --count "$1"); }

# ---------------------------------------------------------------- all engines

printf '%-8s %-30s %8s %8s %6s %10s %8s %6s\n' engine operation 'ours s' 'bare s' ratio 'ours cpu' 'bare cpu' ratio
for name in ${ENGINES:-sqlite pg mariadb mysql}; do
    use_engine "$name"
    # The data should fit into memory, as it would on a server that somebody set up.
    if [[ -n $sock ]]; then MYSQL_PWD='' mariadb --no-defaults -u root -S "$sock" -e 'SET GLOBAL innodb_buffer_pool_size = 1610612736'; fi
    for side in ours bare; do
        fresh "$side"
        printf -v "$side" %s "$url"
        "$sp" run "$recipe" --url "$url" --yes --quiet --count "customers=$rows,orders=$rows,tickets=$rows,offices=1000"
        if [[ $engine == pg ]]; then psql -q "$url" -c 'VACUUM ANALYZE customers, orders, tickets, offices'; fi
    done
    grown=$rows
    rounds 'append customers' "$count" append
    rounds 'update customers' "$count" update
    rounds 'delete orders' "$count" delete_leaf
    rounds 'delete customers and below' "$count" delete_tree
    rounds 'append orders' "$small" just_append
    rounds 'update orders' "$small" just_update
    rounds 'delete orders' "$small" just_delete
    rounds 'replace offices' "$small" just_replace
    rounds 'truncate offices, reseed' "$small" just_truncate
done

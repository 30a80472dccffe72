// The four tables of fintech-loans as DuckDB's users write them: hashes and random() over range(), COPY to CSV.
// node duckdb.mjs DIR SIZE THREADS
import { DuckDBInstance } from '@duckdb/node-api';

const [dir, size, threads] = process.argv.slice(2);
const n = Number(size);
const instance = await DuckDBInstance.create(':memory:', { threads });
const db = await instance.connect();
const pick = (list) => `[${list.map((w) => `'${w}'`).join(',')}][1 + (random() * ${list.length})::INT % ${list.length}]`;
const names = ['Emma', 'Liam', 'Olivia', 'Noah', 'Ava', 'James', 'Sophia', 'Lucas', 'Mia', 'Henry', 'Ella', 'Jack', 'Grace', 'Leo', 'Ruth', 'Owen'];
const surnames = ['Smith', 'Jones', 'Brown', 'Miller', 'Davis', 'Wilson', 'Moore', 'Taylor', 'White', 'Harris', 'Clark', 'Lewis', 'Young', 'King', 'Hill', 'Green'];
const tables = {
    borrowers: `SELECT id, f AS first_name, l AS last_name, lower(f) || '.' || lower(l) || id || '@example.com' AS email,
        '+1-' || (200 + random() * 799)::INT || '-555-01' || lpad((random() * 99)::INT::VARCHAR, 2, '0') AS phone,
        lpad((id * 7919 % 1000000000)::VARCHAR, 9, '0') AS ssn, DATE '1951-01-01' + (random() * 19000)::INT AS date_of_birth,
        ${pick(['employed', 'part_time', 'self_employed', 'retired', 'unemployed', 'student'])} AS employment_status,
        round((58000 * exp(0.5 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())))::DECIMAL(12,2), -2) AS annual_income,
        TIMESTAMP '2023-01-01' + to_seconds((random() * 92000000)::INT) AS created_at
        FROM (SELECT range + 1 AS id, ${pick(names)} AS f, ${pick(surnames)} AS l FROM range(${250 * n}))`,
    loans: `SELECT range + 1 AS id, range // 4 + 1 AS borrower_id, 'LN-' || lpad((range * 7919 % 100000000)::VARCHAR, 8, '0') AS loan_number,
        round((7000 * exp(0.75 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())))::DECIMAL(12,2), -2) AS amount,
        (3 + random() * 21.99)::DECIMAL(4,2) AS interest_rate, [12,24,36,48,60,72,84][1 + (random() * 7)::INT % 7] AS term_months,
        ${pick(['active', 'paid_off', 'late', 'defaulted', 'pending'])} AS status,
        TIMESTAMP '2023-06-01' + to_seconds((random() * 80000000)::INT) AS originated_at FROM range(${1000 * n})`,
    payments: `SELECT id, loan_id, amount, due_date, status, CASE WHEN status IN ('paid', 'refunded') THEN due_date + (random() * 30)::INT END AS paid_at
        FROM (SELECT range + 1 AS id, range * 2 // 7 + 1 AS loan_id, (100 + random() * 900)::DECIMAL(12,2) AS amount,
        DATE '2023-07-01' + (random() * 900)::INT AS due_date, ${pick(['paid', 'pending', 'late', 'failed', 'refunded'])} AS status FROM range(${3500 * n}))`,
    credit_scores: `SELECT range + 1 AS id, range + 1 AS borrower_id, (300 + random() * 550)::INT AS score, ${pick(['Equifax', 'Experian', 'TransUnion'])} AS bureau,
        TIMESTAMP '2023-01-01' + to_seconds((random() * 92000000)::INT) AS checked_at FROM range(${250 * n})`,
};
const version = (await db.runAndReadAll('SELECT version()')).getRows()[0][0];
const start = performance.now(), before = process.cpuUsage();
for (const [name, query] of Object.entries(tables)) await db.run(`COPY (${query}) TO '${dir}/${name}.csv' (HEADER)`);
const seconds = (performance.now() - start) / 1000, used = process.cpuUsage(before);
const rate = (s) => ((5000 * n) / s / 1e6).toFixed(2);
console.log(`${`DuckDB ${version}`.padEnd(16)} ${rate(seconds).padStart(6)} M rows/s in all with ${threads} threads, ${rate((used.user + used.system) / 1e6)} a core`);

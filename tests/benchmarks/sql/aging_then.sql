-- The same as of a day that is past: what is owed now, less what has happened to it since.
WITH since AS (
    SELECT invoice_id, sum(owed_minor) AS minor
    FROM movement INDEXED BY movement_by_date
    WHERE entry_date > :day AND owed_minor <> 0
    GROUP BY invoice_id
), stood AS (
    SELECT customer_id, currency, due_date, owed_minor
    FROM invoice INDEXED BY invoice_open
    WHERE owed_minor <> 0 AND invoice_date <= :day AND id NOT IN (SELECT invoice_id FROM since)
    UNION ALL
    SELECT customer_id, currency, due_date, owed_minor - minor
    FROM since CROSS JOIN invoice ON invoice.id = invoice_id
    WHERE invoice_date <= :day AND owed_minor <> minor
), held AS (
    SELECT customer_id, currency, -unapplied_minor AS minor
    FROM payment INDEXED BY payment_unapplied WHERE unapplied_minor <> 0
    UNION ALL
    SELECT customer_id, currency, -remaining_minor
    FROM credit_memo INDEXED BY credit_remaining WHERE remaining_minor <> 0
    UNION ALL
    SELECT customer_id, currency, -sum(unapplied_minor)
    FROM movement INDEXED BY movement_unapplied
    WHERE entry_date > :day AND unapplied_minor <> 0
    GROUP BY entry_date, customer_id, currency HAVING sum(unapplied_minor) <> 0
), figures AS (
    SELECT
        customer_id, currency, sum(open) AS invoices, sum(a) AS a, sum(b) AS b, sum(c) AS c,
        sum(d) AS d, sum(e) AS e, sum(held) AS held
    FROM (
        SELECT
            customer_id, currency, count(*) AS open,
            sum(iif(due_date >= :day, owed_minor, 0)) AS a,
            sum(iif(due_date < :day AND due_date >= :day_30, owed_minor, 0)) AS b,
            sum(iif(due_date < :day_30 AND due_date >= :day_60, owed_minor, 0)) AS c,
            sum(iif(due_date < :day_60 AND due_date >= :day_90, owed_minor, 0)) AS d,
            sum(iif(due_date < :day_90, owed_minor, 0)) AS e,
            0 AS held
        FROM stood GROUP BY customer_id, currency
        UNION ALL
        SELECT customer_id, currency, 0, 0, 0, 0, 0, 0, sum(minor)
        FROM held GROUP BY customer_id, currency HAVING sum(minor) <> 0
    )
    GROUP BY customer_id, currency
)
SELECT
    :day AS asOf, customer.uuid AS customerId, customer.key AS customerKey,
    customer.name AS customerName, figures.currency,
    printf(form, a / unit) AS current, printf(form, b / unit) AS "1-30",
    printf(form, c / unit) AS "31-60", printf(form, d / unit) AS "61-90",
    printf(form, e / unit) AS "90+", printf(form, (a + b + c + d + e) / unit) AS total,
    printf(form, held / unit) AS unapplied,
    printf(form, (a + b + c + d + e + held) / unit) AS balance, invoices
FROM figures
JOIN (
    SELECT 'EUR' AS code, '%.2f' AS form, 100.0 AS unit
    UNION ALL SELECT 'JPY', '%.0f', 1.0 UNION ALL SELECT 'KWD', '%.3f', 1000.0
) ON code = figures.currency
JOIN customer ON customer.id = customer_id
ORDER BY customer.name COLLATE NOCASE, customer.name, customer.id, figures.currency;

-- As of any day, from nothing but the movements up to it: what is kept on the invoices is not read.
WITH stood AS (
    SELECT invoice_id, sum(owed_minor) AS owed_minor
    FROM movement
    WHERE entry_date <= :day AND invoice_id IS NOT NULL
    GROUP BY invoice_id HAVING sum(owed_minor) <> 0
), figures AS (
    SELECT
        customer_id, currency, sum(open) AS invoices, sum(a) AS a, sum(b) AS b, sum(c) AS c,
        sum(d) AS d, sum(e) AS e, sum(held) AS held
    FROM (
        SELECT
            customer_id, currency, 1 AS open,
            iif(due_date >= :day, stood.owed_minor, 0) AS a,
            iif(due_date < :day AND due_date >= :day_30, stood.owed_minor, 0) AS b,
            iif(due_date < :day_30 AND due_date >= :day_60, stood.owed_minor, 0) AS c,
            iif(due_date < :day_60 AND due_date >= :day_90, stood.owed_minor, 0) AS d,
            iif(due_date < :day_90, stood.owed_minor, 0) AS e,
            0 AS held
        FROM stood JOIN invoice ON invoice.id = invoice_id
        UNION ALL
        SELECT customer_id, currency, 0, 0, 0, 0, 0, 0, sum(unapplied_minor)
        FROM movement WHERE entry_date <= :day
        GROUP BY customer_id, currency HAVING sum(unapplied_minor) <> 0
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

-- What is owed now, as one would write it by hand for these tables: one covering index is read.
-- The sums are put into words at the end. No discounts of time, no drafts taken back are looked at.
WITH owed AS (
    SELECT
        customer_id, currency, count(*) AS invoices,
        sum(iif(due_date >= :day, owed_minor, 0)) AS a,
        sum(iif(due_date < :day AND due_date >= :day_30, owed_minor, 0)) AS b,
        sum(iif(due_date < :day_30 AND due_date >= :day_60, owed_minor, 0)) AS c,
        sum(iif(due_date < :day_60 AND due_date >= :day_90, owed_minor, 0)) AS d,
        sum(iif(due_date < :day_90, owed_minor, 0)) AS e,
        0 AS held
    FROM invoice INDEXED BY invoice_open
    WHERE owed_minor <> 0
    GROUP BY customer_id, currency
), held AS (
    SELECT customer_id, currency, 0, 0, 0, 0, 0, 0, -sum(unapplied_minor)
    FROM payment INDEXED BY payment_unapplied WHERE unapplied_minor <> 0
    GROUP BY customer_id, currency
    UNION ALL
    SELECT customer_id, currency, 0, 0, 0, 0, 0, 0, -sum(remaining_minor)
    FROM credit_memo INDEXED BY credit_remaining WHERE remaining_minor <> 0
    GROUP BY customer_id, currency
), figures AS (
    SELECT
        customer_id, currency, sum(invoices) AS invoices, sum(a) AS a, sum(b) AS b, sum(c) AS c,
        sum(d) AS d, sum(e) AS e, sum(held) AS held
    FROM (SELECT * FROM owed UNION ALL SELECT * FROM held)
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

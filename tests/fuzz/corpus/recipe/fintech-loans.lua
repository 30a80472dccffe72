-- A lender's books: borrowers, their loans, the payments on them, and a credit check per borrower.
--
--   seedpipe run fintech-loans                 into envs/dev.yaml: 250 borrowers, 1,000 loans, 3,500 payments
--   seedpipe run fintech-loans --size 100x     a hundred times that
--   seedpipe preview fintech-loans loans       a few rows, without a database
--
-- The same seed and clock give the same data everywhere. Nothing lies after the clock.

local r = recipe { name = "fintech-loans", seed = 2025, clock = "2026-01-01", engine = 1 }

local borrowers = r:table("borrowers", { rows = 250 }, function(t)
  t.id                = serial()
  t.first_name        = first_name():pii()
  t.last_name         = last_name():pii()
  t.email             = email(t.first_name, t.last_name):unique():pii()
  t.phone             = phone():pii()
  t.ssn               = ssn():unique():pii()
  t.date_of_birth     = date { from = years(-75), to = years(-21) }:pii()
  t.employment_status = employment_status()
  t.annual_income     = annual_income():pii()
  t.created_at        = timestamp { from = years(-3), to = days(-30) }

  t:constraint(t.annual_income:ge(0))
end)

-- Nobody has more than nine loans; some have none. The total is exact all the same.
local loans = r:table("loans", { rows = 1000, per = { borrowers, between(0, 9) } }, function(t)
  t.id            = serial()
  t.borrower_id   = ref(borrowers):on_delete "cascade"
  t.loan_number   = loan_number():unique()
  t.amount        = loan_amount { min = 1000, max = 50000 }
  t.interest_rate = interest_rate()
  t.term_months   = loan_term()
  t.status        = loan_status()
  t.originated_at = after(t.borrower_id.created_at, days(1, 900))

  t:index(t.status)
  t:constraint(t.amount:gt(0))
  t:constraint(t.interest_rate:gt(0) & t.interest_rate:lt(100))
end)

r:table("payments", { rows = 3500, per = { loans, between(0, 24) } }, function(t)
  t.id       = serial()
  t.loan_id  = ref(loans):on_delete "cascade"
  -- A month's share of the loan, and a month's interest on it.
  t.amount   = round(t.loan_id.amount / t.loan_id.term_months
                     + t.loan_id.amount * t.loan_id.interest_rate / 1200, 2)
  t.due_date = after(date_of(t.loan_id.originated_at), months(1, 24))
  t.status   = payment_status()
  -- Who paid did so within a month of the due date; who is pending, late or failed has not (NULL).
  t.paid_at  = when(t.status:within("paid", "refunded"), after(t.due_date, days(0, 30)))

  t:index(t.due_date)
  t:constraint(t.amount:gt(0))
  t:check(t.status:within("paid", "refunded") | t.paid_at:is(null))
end)

-- One for each borrower, made within a month of their arrival.
r:table("credit_scores", { per = { borrowers, 1 } }, function(t)
  t.id          = serial()
  t.borrower_id = ref(borrowers):on_delete "cascade"
  t.score       = credit_score()
  t.bureau      = credit_bureau()
  t.checked_at  = after(t.borrower_id.created_at, days(0, 30))

  t:constraint(t.score:ge(300) & t.score:le(850))
end)

r:volumes { dev = 1, staging = 100, prod = 0.1 }
return r

-- A small bank: branches, users, their accounts, loans and transactions. It is made for trying deletions:
-- a user takes accounts, loans and transactions along; a branch with accounts cannot be deleted.
--
--   seedpipe run fintech
--   seedpipe preview fintech transactions

local r = recipe { name = "fintech", seed = 7, clock = "2026-01-01", engine = 1 }

local branches = r:table("branches", { rows = 12 }, function(t)
  t.id        = serial()
  t.code      = pattern("BR-#####"):unique()
  t.city      = city()
  t.phone     = phone()
  t.opened_on = date { from = years(-30), to = years(-4) }
end)

local users = r:table("users", { rows = 500 }, function(t)
  t.id         = serial()
  t.first_name = first_name():pii()
  t.last_name  = last_name():pii()
  t.email      = email(t.first_name, t.last_name):unique():pii()
  t.phone      = phone():pii():null(0.1)
  t.created_at = timestamp { from = years(-3), to = days(-30) }

  t:index(t.created_at)
end)

local accounts = r:table("accounts", { rows = 750, per = { users, between(0, 4) } }, function(t)
  t.id             = serial()
  t.user_id        = ref(users):on_delete "cascade"
  t.branch_id      = ref(branches):on_delete "restrict"
  t.account_number = pattern("##########"):unique()
  t.kind           = weighted { checking = 60, savings = 30, business = 10 }
  t.balance        = lognormal { median = 2400, sigma = 1.1, scale = 2, max = 1000000 }
  t.opened_at      = after(t.user_id.created_at, days(0, 60))
  t.is_active      = bool { share = 0.94 }

  t:constraint(t.balance:ge(0))
end)

-- Paid out to an account, if one is named; the loan outlives it.
local loans = r:table("loans", { rows = 800, per = { users, between(0, 6) } }, function(t)
  t.id            = serial()
  t.user_id       = ref(users):on_delete "cascade"
  t.account_id    = ref(accounts):null(0.3):on_delete "set null"
  t.amount        = loan_amount { min = 500, max = 60000 }
  t.interest_rate = interest_rate()
  t.term_months   = loan_term()
  t.status        = loan_status()
  t.originated_at = after(t.user_id.created_at, days(7, 700))
  t.closed_at     = when(t.status:is "paid_off", after(t.originated_at, days(30, 720)))

  t:index(t.status)
  t:constraint(t.amount:gt(0))
  t:check(t.closed_at:is(null) | t.closed_at:ge(t.originated_at))
end)

r:table("transactions", { rows = 3000, per = { accounts, between(0, 20) } }, function(t)
  t.id          = serial()
  t.account_id  = ref(accounts):on_delete "cascade"
  t.loan_id     = ref(loans):null(0.8):on_delete "set null"
  t.kind        = weighted { card = 45, transfer = 25, direct_debit = 15, deposit = 10, fee = 5 }
  -- Deposits add to the account; fees are small; everything else takes away.
  t.amount      = case {
    { t.kind:is "deposit", lognormal { median = 900, sigma = 0.7, scale = 2, min = 1 } },
    { t.kind:is "fee",     decimal { min = -15, max = -1, scale = 2 } },
    otherwise =            -lognormal { median = 38, sigma = 1.0, scale = 2, min = 0.5 },
  }
  t.description = upper(t.kind) .. " " .. pattern("??-######")
  t.created_at  = after(t.account_id.opened_at, days(0, 720))

  t:index(t.account_id, t.created_at)
  t:check(t.amount:ne(0))
end)

r:volumes { dev = 1, staging = 100, prod = 0.1 }
return r

-- What `./dev bench modify` works on: customers, their orders and tickets (as many rows of each as --count says), and a small table.
-- A customer takes the orders along (CASCADE); tickets stay and lose their reference (SET NULL).

local r = recipe { name = "bench-modify", seed = 11, clock = "2026-01-01", engine = 1 }

local customers = r:table("customers", { rows = 1000 }, function(t)
  t.id         = serial()
  t.first_name = first_name():pii()
  t.last_name  = last_name():pii()
  t.email      = email(t.first_name, t.last_name):unique():pii()
  t.phone      = phone():pii():null(0.1)
  t.city       = city()
  t.created_at = timestamp { from = years(-3), to = days(-30) }

  t:index(t.created_at)
end)

r:table("orders", { rows = 1000, per = { customers, between(0, 4) } }, function(t)
  t.id          = serial()
  t.customer_id = ref(customers):on_delete "cascade"
  t.number      = pattern("ORD-########"):unique()
  t.status      = weighted { open = 20, paid = 60, returned = 20 }
  t.amount      = lognormal { median = 80, sigma = 0.9, scale = 2, min = 1 }
  t.placed_at   = after(t.customer_id.created_at, days(0, 700))

  t:check(t.amount:gt(0))
end)

r:table("tickets", { rows = 1000 }, function(t)
  t.id          = serial()
  t.customer_id = ref(customers):null():on_delete "set null"
  t.subject     = sentence()
  t.opened_at   = timestamp { from = years(-3), to = clock }
end)

r:table("offices", { rows = 1000 }, function(t)
  t.id    = serial()
  t.city  = city()
  t.phone = phone()
end)

return r

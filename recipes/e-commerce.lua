-- A shop: a tree of categories, products in several of them, customers with addresses, orders that add up to the cent and go
-- through the states of an order, payments, reviews. Fill it with
--     seedpipe run e-commerce --env dev
-- What agrees: an order's total is the sum of its items, less discount, plus tax and shipping; a customer's figures are those of
-- the orders; nothing is paid, shipped or delivered before it was ordered, or after the clock.

local r = recipe { name = "e-commerce", seed = 2026, clock = "2026-01-01" }

local opened = years(-5) -- the shop opened with its range; everything else comes later

local categories = r:table("categories", { rows = 60 }, function(t)
  t.id         = serial()
  t.parent_id  = ref(t, { roots = 6, depth = 3 }):null():on_delete "restrict"
  t.level      = coalesce(t.parent_id.level + 1, 1)
  t.name       = case {
    { t.id:is(1), "Electronics" },
    { t.id:is(2), "Home & Kitchen" },
    { t.id:is(3), "Sports & Outdoors" },
    { t.id:is(4), "Toys & Games" },
    { t.id:is(5), "Books" },
    { t.id:is(6), "Garden" },
    { t.level:is(2), choice { "Accessories", "Essentials", "For Beginners", "For Professionals", "Gifts", "New Arrivals" } },
    otherwise = choice { "Bestsellers", "Bundles", "Limited Edition", "Outlet", "Refurbished", "Spare Parts" },
  }
  t.path       = coalesce(t.parent_id.path .. " / ", "") .. t.name
  t.slug       = slugify(t.path) .. "-" .. t.id
  t:check(t.level:between(1, 3))
end)

local reviews = children "reviews"

local products = r:table("products", { rows = 400 }, function(t)
  t.id           = serial()
  t.sku          = sku():unique()
  t.ean          = ean13():unique()
  t.name         = product_name()
  t.color        = color():null(0.3)
  t.price        = price { min = 2, max = 400 }
  t.cost         = round(t.price * decimal { min = 0.4, max = 0.7, scale = 2 }, 2)
  t.stock        = int(0, 500)
  t.is_active    = bool(0.95)
  t.launched_at  = timestamp { from = opened, to = years(-4) }
  t.reviews      = count(reviews)
  t.rating       = round(avg(reviews.stars), 1)
  t:check(t.cost:lt(t.price))
end)

-- Each product stands in one to three categories, in none of them twice.
r:table("product_categories", { per = { products, between(1, 3) } }, function(t)
  t.product_id  = ref(products):on_delete "cascade"
  t.category_id = ref(categories)
  t.position    = child_index()
  t:primary_key(t.product_id, t.category_id)
end)

local orders = children "orders"

local customers = r:table("customers", { rows = 500 }, function(t)
  local p = person { min = 18, max = 80 }
  t.id            = serial()
  t.first_name    = p.first_name:pii()
  t.last_name     = p.last_name:pii()
  t.email         = p.email:unique():pii()
  t.phone         = p.phone:pii():null(0.2)
  t.birthdate     = p.birthdate:pii():null(0.4)
  t.newsletter    = bool(0.35)
  t.created_at    = timestamp { from = years(-4), to = days(-1) }
  t.orders        = count(orders)
  t.spent         = sum(orders.total, orders.paid_at:ne(null) & orders.refunded_at:is(null))
  t.last_order_at = max(orders.ordered_at)
  t:index(t.last_name, t.first_name)
end)

r:table("addresses", { per = { customers, weighted { {1, 80}, {2, 20} } } }, function(t)
  local home = place()
  t.id          = serial()
  t.customer_id = ref(customers):on_delete "cascade"
  t.position    = child_index()
  t.kind        = when(t.position:is(1), "billing", "shipping")
  t.recipient   = t.customer_id.first_name .. " " .. t.customer_id.last_name
  t.street      = home.street_address:pii()
  t.city        = home.city
  t.state       = home.state_code
  t.postcode    = home.postcode:pii()
  t.country     = home.country_code
  t:unique(t.customer_id, t.position)
end)

local items = children "order_items"

orders = r:table("orders", { rows = 1500, per = { customers, between(0, 20) } }, function(t)
  t.id          = serial()
  t.number      = pattern("SO-########"):unique()
  t.customer_id = ref(customers)
  t.ordered_at  = after(t.customer_id.created_at, days(0, 1400))

  local flow = state_machine { from = t.ordered_at, start = "pending", states = {
    pending   = { paid = 92, cancelled = 8, after = minutes(1, 2880) },
    paid      = { shipped = 98, refunded = 2, after = hours(2, 96) },
    shipped   = { delivered = 99, lost = 1, after = days(1, 7) },
    delivered = { refunded = 5, stay = 95, after = days(1, 30) },
  } }
  t.status       = flow
  t.paid_at      = flow.paid_at
  t.shipped_at   = flow.shipped_at
  t.delivered_at = flow.delivered_at
  t.refunded_at  = flow.refunded_at
  t.tracking     = when(t.shipped_at:ne(null), pattern("1Z??########"))

  t.items       = count(items)
  t.subtotal    = sum(items.amount)
  t.coupon      = coupon_code():null(0.85)
  t.discount    = when(t.coupon:ne(null), round(t.subtotal * 0.1, 2), 0)
  t.tax         = round((t.subtotal - t.discount) * 0.08, 2)
  t.shipping    = when(t.subtotal:ge(50), 0, 4.90)
  t.total       = t.subtotal - t.discount + t.tax + t.shipping

  t:index(t.status)
  t:index(t.ordered_at)
  t:constraint(t.total:is(t.subtotal - t.discount + t.tax + t.shipping))
  t:check(t.ordered_at:ge(t.customer_id.created_at))
  t:check(t.paid_at:is(null) | t.paid_at:ge(t.ordered_at))
  t:check(t.shipped_at:is(null) | t.shipped_at:ge(t.paid_at))
  t:check(t.delivered_at:is(null) | t.delivered_at:ge(t.shipped_at))
  t:check((t.status:ne "shipped" & t.status:ne "delivered") | t.shipped_at:ne(null))
end)

r:table("order_items", { per = { orders, between(1, 5) } }, function(t)
  t.order_id   = ref(orders):on_delete "cascade"
  t.line       = child_index()
  t.product_id = ref(products)
  t.quantity   = weighted { {1, 70}, {2, 20}, {3, 7}, {6, 3} }
  t.price      = t.product_id.price
  t.amount     = t.quantity * t.price
  t:primary_key(t.order_id, t.line)
  t:constraint(t.amount:is(t.quantity * t.price))
  t:unique(t.order_id, t.product_id)
end)

r:table("payments", { per = { orders, 1 } }, function(t)
  local c = card()
  t.id          = serial()
  t.order_id    = ref(orders):unique():on_delete "cascade"
  t.amount      = t.order_id.total
  t.brand       = c.brand
  t.last4       = c.last4:pii()
  t.expiry      = c.expiry
  t.status      = case {
    { t.order_id.refunded_at:ne(null), "refunded" },
    { t.order_id.paid_at:ne(null), "captured" },
    { t.order_id.status:is "cancelled", "voided" },
    otherwise = "pending",
  }
  t.captured_at = t.order_id.paid_at
end)

r:table("reviews", { per = { products, between(0, 5) } }, function(t)
  t.id          = serial()
  t.product_id  = ref(products):on_delete "cascade"
  t.customer_id = ref(customers):on_delete "cascade"
  t.stars       = weighted { {5, 46}, {4, 28}, {3, 13}, {2, 6}, {1, 7} }
  t.title       = case {
    { t.stars:ge(4), choice { "Great value", "Does what it should", "Would buy again", "Better than expected" } },
    { t.stars:is(3), choice { "It is all right", "Good, with limits", "Average" } },
    otherwise = choice { "Not for me", "Came too late", "Broke after a week", "Disappointed" },
  }
  t.created_at  = after(t.customer_id.created_at, days(3, 900))
  t:unique(t.product_id, t.customer_id)
end)

r:volumes { dev = 1, staging = 100, prod = 0.1 }
return r

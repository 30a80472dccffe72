# shellcheck shell=bash
# For tests/support/random.sh: the recipes that lives are made of.

recipes() {
    cp "$SOURCE"/recipes/*.lua .
    cat >shop.lua <<'LUA'
-- Composite keys, keys within a tenant, roll-ups, state machines, records, one-to-one keys, rows without a key.
local r = recipe { name = "shop", seed = 17, clock = "2026-01-01" }
local tenants = r:table("tenants", { rows = 5 }, function(t)
  t.id = serial()
  t.code = pattern("?#"):unique()
end)
local people = r:table("people", { rows = 30, per = { tenants, between(0, 12) } }, function(t)
  local p = person()
  t.tenant = ref(tenants):on_delete "cascade"
  t.nr     = child_index()
  t.first  = p.first_name
  t.last   = p.last_name
  t.email  = p.email
  t.nick   = pattern("??")
  t.since  = timestamp { from = years(-3), to = clock }
  t:primary_key(t.tenant, t.nr)
  t:unique(t.tenant, t.nick)
end)
local cards = r:table("cards", { rows = 15 }, function(t)
  t.id     = serial()
  t.tenant = ref(people, "tenant"):null()
  t.nr     = ref(people, "nr"):null()
  t.number = pattern("C-###"):unique()
  t.holder = coalesce(t.nr.first .. " " .. t.nr.last, "nobody")
  t:foreign({ t.tenant, t.nr }, people, { "tenant", "nr" })
end)
local goods = r:table("goods", { rows = 20 }, function(t)
  t.code  = pattern("G-###")
  t.price = decimal { min = 1, max = 90, scale = 2 }
  t:primary_key(t.code)
end)
local items = children "items"
local orders = r:table("orders", { rows = 40 }, function(t)
  t.id     = serial()
  t.tenant = ref(people, "tenant"):on_delete "cascade"
  t.nr     = ref(people, "nr"):on_delete "cascade"
  t.card   = ref(cards):null(0.3):on_delete "set null"
  t.at     = after(t.nr.since, days(0, 300))
  local flow = state_machine { from = t.at, start = "open", states = {
    open = { paid = 80, dropped = 20, after = hours(1, 90) }, paid = { sent = 90, stay = 10, after = hours(1, 50) } } }
  t.state  = flow
  t.paid_at = flow.paid_at
  t.n      = count(items)
  t.total  = sum(items.amount)
  t.tax    = round(t.total * 0.19, 2)
  t:foreign({ t.tenant, t.nr }, people, { "tenant", "nr" })
end)
r:table("items", { per = { orders, between(0, 4) } }, function(t)
  t.order  = ref(orders):on_delete "cascade"
  t.line   = child_index()
  t.good   = ref(goods)
  t.pieces = int(1, 9)
  t.amount = t.pieces * t.good.price
  t:primary_key(t.order, t.line)
end)
r:table("lockers", { rows = 6 }, function(t)
  t.id   = serial()
  t.card = ref(cards):on_delete "cascade":unique()
  t.room = int(1, 5)
end)
r:table("likes", { rows = 40 }, function(t)
  t.card = ref(cards):on_delete "cascade"
  t.good = ref(goods):on_delete "cascade"
  t.at   = timestamp { from = years(-1), to = clock }
  t:primary_key(t.card, t.good)
end)
return r
LUA
    cat >graph.lua <<'LUA'
-- Trees with each action, circles, nullable and not.
local r = recipe { name = "graph", seed = 23, clock = "2026-01-01" }
local function tree(name, action, null)
  r:table(name, { rows = 25 }, function(t)
    t.id     = serial()
    local up = ref(t, { roots = 3, fanout = 3 }):on_delete(action)
    t.parent = null and up:null() or up
    t.name   = words()
    t.level  = coalesce(t.parent.level + 1, 1)
  end)
end
tree("goes", "cascade", true)
tree("clears", "set null", true)
tree("stops", "no action", true)
tree("own_root", "cascade", false)
r:table("pairs", { rows = 20 }, function(t)
  t.a    = int(1, 30)
  t.b    = int(1, 30)
  t.up_a = ref(t, "a"):on_delete "cascade":null()
  t.up_b = ref(t, "b"):on_delete "cascade":null()
  t.word = word()
  t:primary_key(t.a, t.b)
  t:foreign({ t.up_a, t.up_b }, t, { "a", "b" })
end)
r:table("users", { rows = 20 }, function(t)
  t.id = serial()
  t.team_id = ref "teams"
  t.boss_id = ref(t):null(0.2)
  t.nick = t.team_id.name .. "-" .. text_of(t.id)
  t.email = email():unique()
end)
r:table("teams", { rows = 6 }, function(t)
  t.id = serial()
  t.name = pattern("T-###")
  t.lead_id = ref "users"
  t.deputy_id = ref("users"):null(0.5)
end)
r:table("posts", { rows = 30 }, function(t)
  t.id = serial()
  t.by = ref(r.users):on_delete "cascade"
  t.leaf = ref(r.goes):null(0.2):on_delete "set null"
  t.other = ref(r.clears):on_delete "cascade"
  t.text = t.by.nick .. " " .. words()
end)
return r
LUA
    cat >desks.lua <<'LUA'
-- Keys that name a tenant far up, and keys below parents that are full before `per` says so.
local r = recipe { name = "desks", seed = 31, clock = "2026-01-01" }
local tenants = r:table("tenants", { rows = 4 }, function(t)
  t.id   = serial()
  t.slug = pattern("t-??"):unique()
end)
local users = r:table("users", { rows = 12, per = { tenants, between(2, 9) } }, function(t)
  t.tenant = ref(tenants):on_delete "cascade"
  t.nr     = child_index()
  t:primary_key(t.tenant, t.nr)
end)
local projects = r:table("projects", { rows = 14, per = { tenants, between(2, 9) } }, function(t)
  t.tenant = ref(tenants):on_delete "cascade"
  t.nr     = child_index()
  t.title  = title()
  t:primary_key(t.tenant, t.nr)
end)
r:table("members", { rows = 12, per = { users, between(0, 30) } }, function(t)
  t.tenant  = ref(users, "tenant")
  t.user    = ref(users, "nr"):on_delete "cascade"
  t.project = ref(projects, "nr"):on_delete "cascade"
  t:foreign({ t.tenant, t.user }, users, { "tenant", "nr" })
  t:foreign({ t.tenant, t.project }, projects, { "tenant", "nr" })
  t:primary_key(t.tenant, t.user, t.project)
end)
local tickets = r:table("tickets", { rows = 20, per = { projects, between(0, 20) } }, function(t)
  t.id      = serial()
  t.tenant  = ref(projects, "tenant")
  t.project = ref(projects, "nr"):on_delete "cascade"
  t.slug    = t.project.tenant.slug
  t.number  = int(1, 24)
  t.note    = title()
  t:foreign({ t.tenant, t.project }, projects, { "tenant", "nr" })
  t:unique(t.tenant, t.number)
end)
r:table("steps", { rows = 30, per = { tickets, poisson { mean = 2 } } }, function(t)
  t.ticket = ref(tickets):on_delete "cascade"
  t.kind   = choice { "a", "b", "c" }
  t.place  = int(1, 2)
  t.tenant = t.ticket.slug
  t.code   = int(1, 30)
  t:primary_key(t.ticket, t.kind, t.place)
  t:unique(t.tenant, t.code)
end)
return r
LUA
    cat >narrow.lua <<'LUA'
-- Unique keys with few values to spare, which deletions and updates use up.
local r = recipe { name = "narrow", seed = 37, clock = "2026-01-01" }
local rooms = r:table("rooms", { rows = 12 }, function(t)
  t.id   = serial()
  t.door = pattern("?"):unique()
  t.size = int(1, 90)
end)
local tags = r:table("tags", { rows = 6 }, function(t)
  t.id   = serial()
  t.word = choice { "Ash", "ash", "Birch", "birch", "Cedar", "cedar", "Elm", "elm", "Fir", "fir", "Oak", "oak", "Pine", "pine", "Yew" }
  t:unique(t.word)
end)
r:table("seats", { rows = 60 }, function(t)
  t.id   = serial()
  t.code = pattern("##"):unique()
  t.line = int(1, 12)
  t.nr   = int(1, 9)
  t.mark = t.code .. "/" .. t.line
  t:unique(t.line, t.nr)
end)
r:table("tagged", { rows = 40 }, function(t)
  t.room = ref(rooms):on_delete "cascade"
  t.tag  = ref(tags):on_delete "cascade"
  t.size = t.room.size
  t:primary_key(t.room, t.tag)
end)
r:table("slots", { rows = 60 }, function(t)
  t.id   = serial()
  t.room = ref(rooms):on_delete "cascade"
  t.day  = int(1, 9)
  t.note = words()
  t:unique(t.room, t.day)
end)
r:table("keys", { rows = 8 }, function(t)
  t.id   = serial()
  t.room = ref(rooms):on_delete "cascade":unique()
  t.cut  = pattern("##"):null(0.3):unique()
end)
return r
LUA
    cat >loose.lua <<'LUA'
-- Rows that nothing tells apart, keys that are no numbers, narrow unique keys.
local r = recipe { name = "loose", seed = 29, clock = "2026-01-01" }
local rooms = r:table("rooms", { rows = 12 }, function(t)
  t.code = pattern("R##")
  t.size = int(1, 90)
  t:primary_key(t.code)
end)
local guests = r:table("guests", { rows = 20 }, function(t)
  t.id   = serial()
  t.code = pattern("?#"):unique()
  t.room = ref(rooms):null(0.3):on_delete "set null"
  t.note = coalesce(t.room.size .. " square metres", "none")
end)
r:table("steps", { rows = 40 }, function(t)
  t.guest = ref(guests):null(0.2):on_delete "set null"
  t.room  = ref(rooms):on_delete "cascade"
  t.n     = int(1, 9)
end)
r:table("stays", { rows = 25, per = { guests, between(0, 3) } }, function(t)
  t.id    = serial()
  t.guest = ref(guests):on_delete "cascade"
  t.room  = ref(rooms):on_delete "cascade"
  t.nr    = child_index()
  t:unique(t.guest, t.room)
end)
return r
LUA
    cat >outside.lua <<'LUA'
-- References to tables that the recipe does not fill, and whose rows come and go.
local r = recipe { name = "outside", seed = 37, clock = "2026-01-01" }
local shops = r:table("shops", { rows = 25 }, function(t)
  t.id    = serial()
  t.kind  = ref("kinds", "code")
  t.label = template("{id} in {kind}")
end)
r:table("desks", { rows = 30 }, function(t)
  t.id    = serial()
  t.a     = ref("places", "a")
  t.b     = ref("places", "b")
  t:foreign({ t.a, t.b }, "places", { "a", "b" })
  t.owner = ref("owners", "id", { dist = zipf { s = 1.1 } }):null(0.2)
  t.tag   = template("{a}-{b}")
  t.nr    = int(1, 40)
  t:unique(t.a, t.b, t.nr)
end)
r:table("badges", { rows = 4 }, function(t)
  t.id    = serial()
  t.owner = ref("owners", "id"):unique()
  t.word  = word()
end)
r:table("visits", { per = { shops, between(0, 3) } }, function(t)
  t.id   = serial()
  t.shop = ref(shops):on_delete "cascade"
  t.kind = ref("kinds", "code")
  t.note = t.shop.label .. " " .. t.kind
  t:unique(t.shop, t.kind)
end)
r:table("stock", { rows = 12 }, function(t)
  t.kind  = ref("kinds", "code")
  t.owner = ref("owners", "id")
  t.n     = int(1, 9)
  t:primary_key(t.kind, t.owner)
end)
return r
LUA
    cat >odd.lua <<'LUA'
-- Keys that are no numbers, pairs of counted parents, values that follow from those before, fixed tables, two states of a row.
local r = recipe { name = "odd", seed = 31, clock = "2026-01-01" }
local kinds = r:table("kinds", { rows = 3, fixed = true }, function(t)
  t.code = values(function(i) return ({ "red", "green", "blue" })[i] end, 3)
  t:primary_key(t.code)
end)
local makers = r:table("makers", { rows = 8 }, function(t)
  t.ident = uuid()
  t.name  = company()
  t.mail  = email():unique():null(0.3)
  t.began = date { from = years(-9), to = years(-4) }
  t.owner = ref(t, { roots = 2 }):null():on_delete "set null"
  t:primary_key(t.ident)
end)
local readings = children "readings"
local sensors = r:table("sensors", { rows = 14, per = { makers, between(0, 4) } }, function(t)
  t.maker = ref(makers):on_delete "cascade"
  t.since = timestamp { from = years(-2), to = years(-1) }
  t.no    = pattern("S-####")
  t.n     = count(readings)
  t.top   = max(readings.level)
  local flow = state_machine { name = "work", from = t.since, start = "new", states = {
    new = { used = 80, lost = 20, after = days(1, 90) }, used = { worn = 50, stay = 50, after = days(9, 99) } } }
  local paid = state_machine { name = "paid", from = t.since, start = "open", states = {
    open = { paid = 70, stay = 30, after = days(1, 40) } } }
  t.state = flow
  t.used  = flow.used_at
  t.paid  = paid.paid_at
  t.word  = when(t.used:ne(null), word())
  t:primary_key(t.no)
end)
r:table("readings", { per = { sensors, between(0, 5) } }, function(t)
  t.sensor = ref(sensors):on_delete "cascade"
  t.at     = arrivals { from = t.sensor.since, every = hours(6), of = t.sensor }
  t.level  = random_walk { start = 20, step = 0.4, min = 15, max = 30, of = t.sensor }
  t.plus   = int(1, 9)
  t.sum    = running_sum(t.plus)
  t.nr     = child_index()
  t:primary_key(t.sensor, t.nr)
end)
local people = r:table("people", { rows = 15 }, function(t)
  local p = person()
  t.born  = p.birthdate
  t.given = p.first_name
  t.name  = p.last_name
  t.login = p.username:unique()
  t.greet = "Dear " .. p.prefix .. " " .. t.name
  t:primary_key(t.login)
end)
local words = r:table("words", { rows = 20 }, function(t)
  t.id   = serial()
  t.day  = series { from = "2025-01-01", step = days(1) }
  t.text = pattern("W-####"):unique()
end)
r:table("votes", { rows = 45, per = { { people, between(0, 6) }, { words, between(0, 5) } } }, function(t)
  t.id   = serial()
  t.who  = ref(people):on_delete "cascade"
  t.word = ref(words):on_delete "cascade"
  t.star = decimal { min = 1, max = 5, scale = 1 }
  t:unique(t.who, t.word)
end)
r:table("tastes", { per = { people, 3 } }, function(t)
  t.who  = ref(people):on_delete "cascade"
  t.kind = ref(kinds)
  t.much = int(0, 9):null(0.2)
  t:primary_key(t.who, t.kind)
end)
return r
LUA
}

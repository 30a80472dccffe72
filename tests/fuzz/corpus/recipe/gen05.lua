local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
local borrowers = r:table('borrowers', { rows = 40 }, function(t) t.id = serial() t.created_at = timestamp { from = years(-3), to = clock } end)
r:table('s', { rows = 40 }, function(t)
 t.id = serial() t.borrower_id = ref(borrowers) t.first_name = first_name() t.last_name = last_name() t.created_at = timestamp { from = years(-3), to = clock }
 t.c0 = state { short = true }
 t.c1 = text { min = 40, max = 160 }
 t.c2 = time { from = "09:00", to = "17:30" }
 t.c3 = timestamp { from = years(-3), to = clock }
 t.c4 = timestamp_past { days_ago_max = 90 }
 t.c5 = uuid()
 t.c6 = weighted { active = 70, paid = 20, defaulted = 10 }
 t.c7 = word()
end)
return r

local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
local borrowers = r:table('borrowers', { rows = 40 }, function(t) t.id = serial() t.created_at = timestamp { from = years(-3), to = clock } end)
r:table('s', { rows = 40 }, function(t)
 t.id = serial() t.borrower_id = ref(borrowers) t.first_name = first_name() t.last_name = last_name() t.created_at = timestamp { from = years(-3), to = clock }
 t.c0 = address()
 t.c1 = after(t.borrower_id.created_at, days(1, 900))
 t.c2 = annual_income()
 t.c3 = between(0, 9)
 t.c4 = bool { share = 0.9 }
 t.c5 = bytes { min = 16, max = 32 }
 t.c6 = choice { "small", "medium", "large" }
 t.c7 = city()
end)
return r

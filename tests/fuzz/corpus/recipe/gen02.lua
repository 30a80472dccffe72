local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
local borrowers = r:table('borrowers', { rows = 40 }, function(t) t.id = serial() t.created_at = timestamp { from = years(-3), to = clock } end)
r:table('s', { rows = 40 }, function(t)
 t.id = serial() t.borrower_id = ref(borrowers) t.first_name = first_name() t.last_name = last_name() t.created_at = timestamp { from = years(-3), to = clock }
 t.c0 = email(t.first_name, t.last_name):unique()
 t.c1 = employment_status()
 t.c2 = first_name()
 t.c3 = float { min = -1, max = 1 }
 t.c4 = full_name()
 t.c5 = int { min = 1, max = 500 }
 t.c6 = int_range { min = 18, max = 90 }
 t.c7 = interest_rate()
end)
return r

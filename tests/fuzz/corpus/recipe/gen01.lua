local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
local borrowers = r:table('borrowers', { rows = 40 }, function(t) t.id = serial() t.created_at = timestamp { from = years(-3), to = clock } end)
r:table('s', { rows = 40 }, function(t)
 t.id = serial() t.borrower_id = ref(borrowers) t.first_name = first_name() t.last_name = last_name() t.created_at = timestamp { from = years(-3), to = clock }
 t.c0 = company()
 t.c1 = country()
 t.c2 = country_code()
 t.c3 = credit_bureau()
 t.c4 = credit_score()
 t.c5 = date { from = "1960-01-01", to = years(-18) }
 t.c6 = date_past { days_ago_max = 90 }
 t.c7 = decimal { min = 0.5, max = 99.99, scale = 2 }
end)
return r

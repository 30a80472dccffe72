local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
local borrowers = r:table('borrowers', { rows = 40 }, function(t) t.id = serial() t.created_at = timestamp { from = years(-3), to = clock } end)
r:table('s', { rows = 40 }, function(t)
 t.id = serial() t.borrower_id = ref(borrowers) t.first_name = first_name() t.last_name = last_name() t.created_at = timestamp { from = years(-3), to = clock }
 t.c0 = json()
 t.c1 = last_name()
 t.c2 = loan_amount { min = 1000, max = 50000 }
 t.c3 = loan_number()
 t.c4 = loan_status()
 t.c5 = loan_term()
 t.c6 = lognormal { median = 58000, sigma = 0.5, scale = 2 }
 t.c7 = normal { mean = 170, sd = 9, scale = 1, min = 120 }
end)
return r

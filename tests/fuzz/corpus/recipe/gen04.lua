local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
local borrowers = r:table('borrowers', { rows = 40 }, function(t) t.id = serial() t.created_at = timestamp { from = years(-3), to = clock } end)
r:table('s', { rows = 40 }, function(t)
 t.id = serial() t.borrower_id = ref(borrowers) t.first_name = first_name() t.last_name = last_name() t.created_at = timestamp { from = years(-3), to = clock }
 t.c0 = pattern("LN-########")
 t.c1 = payment_status()
 t.c2 = phone()
 t.c3 = postcode()
 t.c4 = ref(borrowers)
 t.c5 = sentence { min = 4, max = 10 }
 t.c7 = ssn()
end)
return r

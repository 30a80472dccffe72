local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
local a = r:table('s.a', { rows = 9, per = nil }, function(t) t.id = uuid() t.c = pattern('A##-[a-f]{2}'):unique() t:primary_key(t.id) t:index(t.c) end)
r:table('b', { per = { a, between(0, 5) }, rows = 20 }, function(t) t.a = ref(a) t.k = int_range { min = 1, max = 20 } t:primary_key(t.a, t.k) t:foreign({t.a}, a, {'id'}) end)
r:volumes { dev = 1, prod = 0.5 }
return r

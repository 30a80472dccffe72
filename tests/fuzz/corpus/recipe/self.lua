local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
r:table('a', { rows = 9 }, function(t) t.id = serial() t.up = ref(t):null(0.3):on_delete 'set null' t.n = t.id * 2 + 1 t:check(t.n:gt(0)) end)
return r

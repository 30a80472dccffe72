local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
r:table('a', { rows = 5 }, function(t) t.s = weighted { x = 1, y = 3 } t.f = when(t.s:is 'x', null, 5) t.g = case { { t.s:ne('x') & ~t.s:is('y'), 1 }, { true, 2 } } t.h = round(t.g / 3, 2) t.v = values(function() return { 'a', 'b' } end, 2) end)
return r

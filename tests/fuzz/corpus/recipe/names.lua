local r = recipe { name = 'x', seed = 1, clock = '2026-01-01' }
r:table('a"b`c', { rows = 2, create = false }, function(t) t['end'] = serial() t['x y'] = const("it's\\"):type "varchar(40)" end)
return r

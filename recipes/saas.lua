-- A SaaS product with many tenants in one database. Every table carries the tenant in its key, and refers to others
-- by composite keys, so that no row can ever reach into another tenant: the assignee of a task is a member of its
-- project's own workspace, because the foreign key says so.
--
--   seedpipe run saas
--   seedpipe preview saas tasks
--
-- Numbers (users, projects, tasks) begin at 1 in each workspace, as people see them: project 3, task 17.

local r = recipe { name = "saas", seed = 88, clock = "2026-01-01", engine = 1 }

local plans = r:table("plans", { rows = 3, fixed = true }, function(t)
  t.id      = serial()
  t.code    = values(function(i) return ({ "free", "team", "business" })[i] end, 3):unique()
  t.monthly = case { { t.code:is "free", 0.00 }, { t.code:is "team", 49.00 }, otherwise = 249.00 }:type "decimal(8,2)"
end)

local workspaces = r:table("workspaces", { rows = 40 }, function(t)
  t.id         = serial()
  t.slug       = pattern("ws-????####"):unique()
  t.name       = company()
  t.plan_id    = ref(plans):on_delete "restrict"
  t.created_at = timestamp { from = years(-4), to = days(-60) }
end)

local users = r:table("users", { rows = 420, per = { workspaces, between(2, 40) } }, function(t)
  t.workspace_id = ref(workspaces):on_delete "cascade"
  t.number       = child_index()
  t.first_name   = first_name():pii()
  t.last_name    = last_name():pii()
  t.email        = email(t.first_name, t.last_name):pii()
  t.role         = when(t.number:is(1), "owner", weighted { admin = 12, member = 78, guest = 10 })
  t.joined_at    = after(t.workspace_id.created_at, days(0, 700))

  t:primary_key(t.workspace_id, t.number)
  t:unique(t.workspace_id, t.email)
end)

local projects = r:table("projects", { rows = 200, per = { workspaces, between(3, 9) } }, function(t)
  t.workspace_id = ref(workspaces):on_delete "cascade"
  t.number       = child_index()
  t.lead_number  = ref(users, "number")
  t.name         = title()
  t.archived     = bool { share = 0.15 }
  t.created_at   = after(t.workspace_id.created_at, days(0, 600))

  t:foreign({ t.workspace_id, t.lead_number }, users, { "workspace_id", "number" })
  t:primary_key(t.workspace_id, t.number)
end)

-- Who works on what: a user and a project of one workspace, no pair twice.
r:table("memberships", { rows = 600, per = { users, between(0, 3) } }, function(t)
  t.workspace_id = ref(users, "workspace_id")
  t.user_number  = ref(users, "number"):on_delete "cascade"
  t.project      = ref(projects, "number"):on_delete "cascade"
  t.access       = weighted { write = 70, read = 22, admin = 8 }

  t:foreign({ t.workspace_id, t.user_number }, users, { "workspace_id", "number" })
  t:foreign({ t.workspace_id, t.project }, projects, { "workspace_id", "number" })
  t:primary_key(t.workspace_id, t.user_number, t.project)
end)

local tasks = r:table("tasks", { rows = 1800, per = { projects, between(0, 40) } }, function(t)
  t.workspace_id = ref(projects, "workspace_id")
  t.project      = ref(projects, "number"):on_delete "cascade"
  t.number       = child_index()
  t.parent       = ref(t, "number"):null(0.75)
  t.assignee     = ref(users, "number"):null(0.2)
  t.title        = title()
  t.state        = weighted { open = 30, doing = 15, done = 50, dropped = 5 }
  t.points       = weighted { {1, 30}, {2, 30}, {3, 20}, {5, 14}, {8, 6} }
  t.created_at   = after(t.project.created_at, days(0, 400))
  t.done_at      = when(t.state:is "done", after(t.created_at, days(1, 45)))

  t:foreign({ t.workspace_id, t.project }, projects, { "workspace_id", "number" })
  t:foreign({ t.workspace_id, t.assignee }, users, { "workspace_id", "number" })
  t:foreign({ t.workspace_id, t.project, t.parent }, t, { "workspace_id", "project", "number" })
  t:primary_key(t.workspace_id, t.project, t.number)
  t:check(t.done_at:is(null) | t.done_at:ge(t.created_at))
end)

r:table("comments", { rows = 2600, per = { tasks, between(0, 12) } }, function(t)
  t.workspace_id = ref(tasks, "workspace_id")
  t.project      = ref(tasks, "project")
  t.task         = ref(tasks, "number"):on_delete "cascade"
  t.number       = child_index()
  t.author       = ref(users, "number")
  t.body         = sentence()
  t.written_at   = after(t.task.created_at, hours(1, 900))

  t:foreign({ t.workspace_id, t.project, t.task }, tasks, { "workspace_id", "project", "number" })
  t:foreign({ t.workspace_id, t.author }, users, { "workspace_id", "number" })
  t:primary_key(t.workspace_id, t.project, t.task, t.number)
end)

-- One a month, by the seats and the workspace's plan.
r:table("invoices", { per = { workspaces, between(1, 12) } }, function(t)
  t.workspace_id = ref(workspaces):on_delete "restrict"
  t.number       = child_index()
  t.seats        = int(1, 40)
  t.amount       = round(t.seats * t.workspace_id.plan_id.monthly, 2)
  t.issued_on    = after(date_of(t.workspace_id.created_at), days(30, 400))
  t.status       = weighted { paid = 90, due = 8, void = 2 }

  t:primary_key(t.workspace_id, t.number)
  t:constraint(t.amount:ge(0))
end)

r:volumes { dev = 1, staging = 100, prod = 0.1 }
return r

-- A group of practices: providers, patients, their visits, and what came of them. Much of it is personal data, and marked so:
-- `:pii()` says which columns a log, a report or a mask has to care about.
--
--   seedpipe run healthcare
--   seedpipe preview healthcare patients
--
-- Nobody in it exists. Numbers have valid check digits, but come from ranges that are not issued.

local r = recipe { name = "healthcare", seed = 311, clock = "2026-01-01", engine = 1 }

-- All of it happens in one state, so that towns and postcodes belong together.
local function address(t, private)
  local function said(node) return private and node:pii() or node end
  t.street   = said(street_address())
  t.city     = said(weighted { Columbus = 30, Cleveland = 22, Cincinnati = 20, Toledo = 12, Akron = 9, Dayton = 7 })
  t.state    = choice { "OH" }
  t.postcode = said(case {
    { t.city:is "Columbus",   pattern("432##") },
    { t.city:is "Cleveland",  pattern("441##") },
    { t.city:is "Cincinnati", pattern("452##") },
    { t.city:is "Toledo",     pattern("436##") },
    { t.city:is "Akron",      pattern("443##") },
    otherwise =               pattern("454##"),
  })
end

local practices = r:table("practices", { rows = 8 }, function(t)
  t.id       = serial()
  t.npi      = npi():unique()
  t.name     = values(function(i)
    local places = { "Riverside", "Lakeview", "Oak Street", "Hillcrest", "Northgate", "Harbor", "Maple Park", "Eastside" }
    return places[(i - 1) % #places + 1] .. " Family Medicine"
  end, 8)
  address(t)
end)

local providers = r:table("providers", { rows = 40 }, function(t)
  t.id          = serial()
  t.practice_id = ref(practices):on_delete "restrict"
  t.npi         = npi():unique()
  t.first_name  = first_name()
  t.last_name   = last_name()
  t.specialty   = weighted { family_medicine = 45, internal_medicine = 25, pediatrics = 15, cardiology = 8, dermatology = 7 }
end)

local patients = r:table("patients", { rows = 600 }, function(t)
  t.id            = serial()
  t.mrn           = mrn():unique():pii "medical"
  t.first_name    = first_name():pii()
  t.last_name     = last_name():pii()
  t.date_of_birth = birthdate { min = 1, max = 92 }:pii()
  t.ssn           = ssn():unique():null(0.06):pii()
  t.email         = email(t.first_name, t.last_name):unique():pii()
  t.phone         = phone():pii()
  address(t, true)
  t.blood_type    = blood_type():null(0.35):pii "medical"
  t.registered_at = timestamp { from = years(-6), to = days(-20) }

  t:index(t.last_name, t.first_name)
end)

-- Most have a plan, some have two, some have none.
r:table("coverages", { rows = 560, per = { patients, between(0, 2) } }, function(t)
  t.id         = serial()
  t.patient_id = ref(patients):on_delete "cascade"
  t.plan       = insurance_plan()
  t.member_id  = pattern("W#########"):unique():pii "insurance"
  t.starts_on  = after(date_of(t.patient_id.registered_at), days(0, 60))
end)

local visits = r:table("visits", { rows = 2400, per = { patients, between(0, 16) } }, function(t)
  t.id           = serial()
  t.patient_id   = ref(patients):on_delete "cascade"
  t.provider_id  = ref(providers):on_delete "restrict"
  t.starts_at    = after(t.patient_id.registered_at, days(1, 1500))
  t.kind         = weighted { office = 74, telehealth = 20, home = 6 }
  t.minutes      = choice { 15, 20, 30, 45, 60 }
  t.reason       = weighted { follow_up = 35, illness = 30, check_up = 20, injury = 8, vaccination = 7 }
  -- Vital signs are taken of those who are seen in person.
  t.systolic     = when(t.kind:ne "telehealth", systolic()):pii "medical"
  t.diastolic    = when(t.kind:ne "telehealth", least(diastolic(), t.systolic - 15)):pii "medical"
  t.heart_rate   = when(t.kind:ne "telehealth", heart_rate()):pii "medical"
  t.temperature  = when(t.kind:ne "telehealth", body_temperature()):pii "medical"
  t.charge       = round(38.5 + t.minutes * 2.75, 2)

  t:index(t.starts_at)
  t:check(t.systolic:is(null) | t.systolic:gt(t.diastolic))
  t:constraint(t.charge:ge(0))
end)

-- Appointments that came to nothing, so that every visit is one that took place.
r:table("missed_appointments", { rows = 380, per = { patients, between(0, 4) } }, function(t)
  t.id          = serial()
  t.patient_id  = ref(patients):on_delete "cascade"
  t.provider_id = ref(providers):on_delete "restrict"
  t.planned_for = after(t.patient_id.registered_at, days(1, 1500))
  t.outcome     = weighted { cancelled = 55, no_show = 45 }
  t.fee         = when(t.outcome:is "no_show", 25.00, 0.00):type "decimal(8,2)"
end)

r:table("diagnoses", { rows = 2600, per = { visits, between(0, 3) } }, function(t)
  t.id        = serial()
  t.visit_id  = ref(visits):on_delete "cascade"
  t.code      = icd10_code():pii "medical"
  t.noted_on  = date_of(t.visit_id.starts_at)
  t.resolved  = bool { share = 0.6 }
end)

r:table("prescriptions", { rows = 1500, per = { visits, between(0, 3) } }, function(t)
  t.id            = serial()
  t.visit_id      = ref(visits):on_delete "cascade"
  t.medication    = medication():pii "medical"
  t.dosage        = dosage()
  t.refills       = weighted { {0, 50}, {1, 20}, {2, 15}, {3, 15} }
  t.prescribed_on = date_of(t.visit_id.starts_at)
end)

r:table("lab_results", { rows = 1800, per = { visits, between(0, 5) } }, function(t)
  t.id          = serial()
  t.visit_id    = ref(visits):on_delete "cascade"
  t.test        = lab_test():pii "medical"
  t.ordered_at  = t.visit_id.starts_at
  t.reported_at = after(t.ordered_at, hours(2, 96))
  t.abnormal    = bool { share = 0.14 }:pii "medical"
end)

r:volumes { dev = 1, staging = 50, prod = 0.1 }
return r

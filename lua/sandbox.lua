-- What a recipe finds of the Lua library: an allow-list, frozen. Nothing here reaches files, clocks, other code, or
-- anything that differs from run to run; the loops inside of C functions, which no hook can stop, are bounded.
-- Gets the library of a new state and functions of sandbox.c; returns the words and the library's tables.
local lib, core = ...
local fail, type, error = core.fail, lib.type, lib.error
local string, table = lib.string, lib.table
local select, next, sort = lib.select, lib.next, table.sort

local function copy(from, names)
  local to = {}
  for name in string.gmatch(names, "%S+") do
    to[name] = from[name]
  end
  return to
end

-- In Lua the order of pairs differs from run to run; here: numbers, then texts, each ascending, then the rest.
local rank = { number = 1, string = 2 }
local function before(a, b)
  local ra, rb = rank[type(a)] or 3, rank[type(b)] or 3
  if ra ~= rb then
    return ra < rb
  end
  return ra < 3 and a < b
end

local function sorted_pairs(t)
  if type(t) ~= "table" then
    return lib.pairs(t) -- raises
  end
  local keys, n = {}, 0
  for key in next, t do
    n = n + 1
    keys[n] = key
  end
  sort(keys, before)
  local i = 0
  return function()
    while i < n do
      i = i + 1
      local value = t[keys[i]]
      if value ~= nil then
        return keys[i], value
      end
    end
  end, t, nil
end

-- An address as text would differ from run to run.
local function printable(value, what)
  local kind = type(value)
  if kind == "table" or kind == "function" then
    fail(what .. ": a " .. kind .. " has no text")
  end
  return value
end

local strings = copy(string, "byte char format len lower packsize reverse sub upper pack unpack")
strings.find, strings.match, strings.gmatch, strings.gsub = core.find, core.match, core.gmatch, core.gsub

function strings.rep(s, n, sep)
  if type(s) == "string" and #s == 0 and (sep == nil or sep == "") then
    return ""
  end
  return string.rep(s, n, sep)
end

function strings.format(form, ...)
  if type(form) == "string" and string.find(string.gsub(form, "%%%%", ""), "%%[-+ #0-9.]*p") then
    fail("string.format: %p gives an address, which differs from run to run")
  end
  for i = 1, select("#", ...) do
    printable((select(i, ...)), "string.format")
  end
  return string.format(form, ...)
end

local tables = copy(table, "concat insert pack remove sort unpack")

function tables.move(from, first, last, to, into)
  if lib.math.type(first) == "integer" and lib.math.type(last) == "integer" and last - first > 1000000 then
    fail("table.move: at most a million items")
  end
  return table.move(from, first, last, to, into)
end

local maths = copy(lib.math, "abs acos asin atan ceil cos deg exp floor fmod log max min modf rad sin sqrt tan tointeger type ult")
maths.pi, maths.huge, maths.maxinteger, maths.mininteger = lib.math.pi, lib.math.huge, lib.math.maxinteger, lib.math.mininteger

local words = copy(lib, "ipairs next type tonumber select error assert rawequal rawlen")
words.pairs = sorted_pairs
words.pcall, words.xpcall, words.require = core.pcall, core.xpcall, core.require

function words.tostring(value)
  return lib.tostring(printable(value, "tostring"))
end

local function frozen(name, functions)
  local function missing(_, key)
    fail("there is no " .. name .. "." .. (type(key) == "string" and key or "?") .. " in a recipe")
  end
  local function write()
    fail(name .. " is part of the language: it cannot be changed")
  end
  local reader = lib.setmetatable(functions, { __index = missing })
  return lib.setmetatable({}, { __index = reader, __newindex = write, __metatable = false })
end

words.string = frozen("string", strings)
words.table = frozen("table", tables)
words.math = frozen("math", maths)
words.utf8 = frozen("utf8", copy(lib.utf8, "char charpattern codes codepoint len offset"))

return words

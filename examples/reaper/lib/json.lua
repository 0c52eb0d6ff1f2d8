-- JSON (RFC 8259), small. In objects null is nil, so that `document.question` is simply not there; in lists, where
-- places count, it is `json.null`.
local json = {}

json.null = setmetatable({}, {
  __tostring = function()
    return "null"
  end,
})

local LIST = {}

--- Marks `items` as a list, which an empty table would not be taken for.
function json.list(items)
  return setmetatable(items, LIST)
end

-- --- reading ---------------------------------------------------------------------------------------------------------

local ESCAPES = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local WORDS = { { "true", true }, { "false", false }, { "null", json.null } }

local read_value

local function fault(text, at, wanted)
  error(string.format("not JSON at character %d: %s wanted, not %q", at, wanted, text:sub(at, at + 10)), 0)
end

local function skip_blanks(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

--- The four hexadecimal digits at `at`.
local function read_unit(text, at)
  local digits = text:match("^%x%x%x%x", at)
  return digits and tonumber(digits, 16) or fault(text, at, "four hexadecimal digits")
end

--- The character of a \u escape, whose digits begin at `at`, and where the text goes on.
local function read_code_point(text, at)
  local high = read_unit(text, at)
  if high < 0xD800 or high > 0xDFFF then
    return utf8.char(high), at + 4
  end
  if high > 0xDBFF or text:sub(at + 4, at + 5) ~= "\\u" then
    fault(text, at, "a pair of surrogates")
  end
  local low = read_unit(text, at + 6)
  if low < 0xDC00 or low > 0xDFFF then
    fault(text, at + 6, "the second of a pair of surrogates")
  end
  return utf8.char(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00), at + 10
end

local function read_string(text, at)
  local parts = {}
  at = at + 1
  while true do
    local stop = text:find('["\\%c]', at)
    if not stop then
      fault(text, #text + 1, "the end of a string")
    end
    parts[#parts + 1] = text:sub(at, stop - 1)
    local found = text:sub(stop, stop)
    if found == '"' then
      return table.concat(parts), stop + 1
    elseif found == "\127" then -- a control character to Lua, but not to JSON
      parts[#parts + 1], at = found, stop + 1
    elseif found ~= "\\" then
      fault(text, stop, "a character that is no control character")
    elseif text:sub(stop + 1, stop + 1) == "u" then
      parts[#parts + 1], at = read_code_point(text, stop + 2)
    else
      parts[#parts + 1] = ESCAPES[text:sub(stop + 1, stop + 1)] or fault(text, stop, "an escape")
      at = stop + 2
    end
  end
end

local function read_number(text, at)
  local whole = text:match("^-?0", at) or text:match("^-?[1-9]%d*", at)
  if not whole then
    fault(text, at, "a value")
  end
  local rest = at + #whole
  local fraction = text:match("^%.%d+", rest) or ""
  local exponent = text:match("^[eE][+-]?%d+", rest + #fraction) or ""
  return tonumber(whole .. fraction .. exponent), rest + #fraction + #exponent
end

local function read_list(text, at)
  local items = json.list({})
  at = skip_blanks(text, at + 1)
  if text:sub(at, at) == "]" then
    return items, at + 1
  end
  while true do
    items[#items + 1], at = read_value(text, at)
    at = skip_blanks(text, at)
    local mark = text:sub(at, at)
    if mark == "]" then
      return items, at + 1
    elseif mark ~= "," then
      fault(text, at, "a comma or ]")
    end
    at = skip_blanks(text, at + 1)
  end
end

local function read_object(text, at)
  local object = {}
  at = skip_blanks(text, at + 1)
  if text:sub(at, at) == "}" then
    return object, at + 1
  end
  while true do
    if text:sub(at, at) ~= '"' then
      fault(text, at, "a key")
    end
    local key, value
    key, at = read_string(text, at)
    at = skip_blanks(text, at)
    if text:sub(at, at) ~= ":" then
      fault(text, at, "a colon")
    end
    value, at = read_value(text, skip_blanks(text, at + 1))
    if value ~= json.null then
      object[key] = value
    end
    at = skip_blanks(text, at)
    local mark = text:sub(at, at)
    if mark == "}" then
      return object, at + 1
    elseif mark ~= "," then
      fault(text, at, "a comma or }")
    end
    at = skip_blanks(text, at + 1)
  end
end

function read_value(text, at)
  local first = text:sub(at, at)
  if first == '"' then
    return read_string(text, at)
  elseif first == "{" then
    return read_object(text, at)
  elseif first == "[" then
    return read_list(text, at)
  end
  for _, word in ipairs(WORDS) do
    if text:sub(at, at + #word[1] - 1) == word[1] then
      return word[2], at + #word[1]
    end
  end
  return read_number(text, at)
end

--- The value in `text`, which holds nothing else; raises what is wrong and where.
function json.decode(text)
  local value, at = read_value(text, skip_blanks(text, 1))
  at = skip_blanks(text, at)
  if at <= #text then
    fault(text, at, "the end")
  end
  return value
end

-- --- writing ---------------------------------------------------------------------------------------------------------

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(character)
    return character == "\127" and character or string.format("\\u%04x", character:byte())
  end) .. '"'
end

local function number_text(value)
  if value ~= value or value == math.huge or value == -math.huge then
    error("JSON has no word for " .. tostring(value), 0)
  end
  return math.type(value) == "integer" and tostring(value) or string.format("%.17g", value)
end

local function sorted_keys(object)
  local keys = {}
  for key in pairs(object) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

--- `value` as JSON, the keys of objects in order; a table with items is a list.
function json.encode(value)
  if value == nil or value == json.null then
    return "null"
  elseif type(value) == "string" then
    return quoted(value)
  elseif type(value) == "number" then
    return number_text(value)
  elseif type(value) == "boolean" then
    return tostring(value)
  elseif type(value) ~= "table" then
    error("JSON has no word for a " .. type(value), 0)
  end
  local parts = {}
  if getmetatable(value) == LIST or #value > 0 then
    for place, item in ipairs(value) do
      parts[place] = json.encode(item)
    end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for _, key in ipairs(sorted_keys(value)) do
    parts[#parts + 1] = quoted(key) .. ":" .. json.encode(value[key])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

return json

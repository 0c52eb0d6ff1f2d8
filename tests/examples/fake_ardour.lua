-- As much of Ardour as its companion script uses. `play` is given strips ("name channels plug-ins", parted by ";"; ">"
-- before a plug-in behind the fader, "refuses" for a strip that takes nothing), the plug-ins that are not installed,
-- and whether there is a window; it answers what was said, and the chains.

local NIL = { isnil = function () return true end }

local function processor (uri, seen)
  local self = { uri = uri }
  function self:isnil () return false end
  function self:name () return self.uri end
  function self:display_to_user () return seen end
  function self:to_plugininsert ()
    if not uri:match ("^urn:") then return NIL end
    local plugin = { unique_id = function () return uri end }
    return { isnil = function () return false end, plugin = function () return plugin end }
  end
  return self
end

local function strip (name, channels, uris, refuses)
  local fader = processor ("fader", true)
  function fader:input_streams () return { n_audio = function () return channels end } end
  local chain = { processor ("recorder", false), fader }
  local self = { chain = chain }
  function self:name () return name end
  function self:is_master () return name == "Master" end
  function self:is_monitor () return name == "Monitor" end
  function self:is_auditioner () return false end
  function self:amp () return fader end
  function self:nth_processor (i) return chain[i + 1] or NIL end
  function self:add_processor_by_index (new, place)
    if refuses then return 1 end
    local seen = -1
    for i, there in ipairs (chain) do
      if there:display_to_user () then seen = seen + 1 end
      if seen == place then table.insert (chain, i, new) return 0 end
    end
    table.insert (chain, new)
    return 0
  end
  for _, uri in ipairs (uris) do
    local behind, plain = uri:match ("^(>?)(.*)$")
    table.insert (chain, behind == ">" and #chain + 1 or #chain, processor (plain, true))
  end
  return self
end

local shown = {}
function ardour () end
function print (text) shown[#shown + 1] = text end
ARDOUR = { PluginType = { LV2 = 1 }, LuaAPI = {} }
function ARDOUR.LuaAPI.new_plugin (_, uri) return missing[uri] and NIL or processor (uri, true) end

function play (strips, gone, with_window)
  missing = {}
  for uri in gone:gmatch ("%S+") do missing[uri] = true end
  local routes = {}
  for line in strips:gmatch ("[^;]+") do
    local name, channels, rest = line:match ("^%s*(%w+) (%d+)(.*)$")
    local uris = {}
    for uri in rest:gmatch ("%S+") do if uri ~= "refuses" then uris[#uris + 1] = uri end end
    routes[#routes + 1] = strip (name, tonumber (channels), uris, rest:find ("refuses"))
  end
  local at = 0
  local function next_route () at = at + 1 return routes[at] end
  Session = { get_routes = function () return { iter = function () return next_route end } end }
  if with_window then
    LuaDialog = { MessageType = { Warning = "warning", Info = "info" }, ButtonType = { Close = 1 } }
    function LuaDialog.Message (_, text, kind)
      return { run = function () shown[#shown + 1] = kind .. ": " .. text end }
    end
  end
  factory () ()
  local chains = {}
  for i, route in ipairs (routes) do
    local names = {}
    for _, there in ipairs (route.chain) do if there:display_to_user () then names[#names + 1] = there.uri end end
    chains[i] = table.concat (names, " ")
  end
  return table.concat (shown, "\n"), table.concat (chains, ";")
end

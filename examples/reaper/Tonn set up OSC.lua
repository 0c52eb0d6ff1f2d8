-- Puts the OSC pattern file of this package where REAPER looks for it.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "lib/?.lua;" .. package.path
require("action").run("Tonn set up OSC", function()
  require("verbs").set_up_osc(here)
end)

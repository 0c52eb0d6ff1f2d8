-- The final mix as a muted track, where the stems begin.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "lib/?.lua;" .. package.path
require("action").run("Tonn bring in final", require("verbs").bring_in_final)

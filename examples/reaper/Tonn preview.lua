-- Stems that have changed go up, a preview and Tonn's settings come down.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "lib/?.lua;" .. package.path
require("action").run("Tonn preview", require("verbs").preview)

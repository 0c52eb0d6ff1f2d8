-- Base64 (RFC 4648), in which REAPER writes down what plug-ins keep.
local base64 = {}

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local VALUES = {}
for place = 1, #ALPHABET do
  VALUES[ALPHABET:byte(place)] = place - 1
end

function base64.encode(bytes)
  local parts = {}
  for at = 1, #bytes, 3 do
    local a, b, c = bytes:byte(at, at + 2)
    local word = a << 16 | (b or 0) << 8 | (c or 0)
    local text = ""
    for shift = 18, 0, -6 do
      local place = (word >> shift & 63) + 1
      text = text .. ALPHABET:sub(place, place)
    end
    parts[#parts + 1] = not b and text:sub(1, 2) .. "==" or not c and text:sub(1, 3) .. "=" or text
  end
  return table.concat(parts)
end

--- The bytes in `text`; what is no letter of Base64 (blanks, ends of lines, padding) is passed over.
function base64.decode(text)
  local bytes, word, bits = {}, 0, 0
  for place = 1, #text do
    local value = VALUES[text:byte(place)]
    if value then
      word, bits = (word << 6 | value) & 0xFFFFFF, bits + 6
      if bits >= 8 then
        bits = bits - 8
        bytes[#bytes + 1] = string.char(word >> bits & 255)
      end
    end
  end
  return table.concat(bytes)
end

return base64

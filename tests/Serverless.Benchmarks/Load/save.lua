-- Saves one small value per request, over a hundred keys for each connection's thread.
local written = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

request = function()
  written = written + 1
  return wrk.format(nil, nil, nil, string.format('[{"key":"k%d","value":{"n":%d}}]', written % 100, written))
end

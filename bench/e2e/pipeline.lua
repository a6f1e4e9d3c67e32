-- For wrk: the same request several times in one write. Its first argument is how often.
init = function(arguments)
  local requests = {}
  for i = 1, tonumber(arguments[1]) do
    requests[i] = wrk.format("GET")
  end
  all = table.concat(requests)
end

request = function()
  return all
end

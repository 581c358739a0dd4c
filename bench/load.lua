-- Replays requests that were signed beforehand, each once. Every thread has a file of its own, `<prefix>.<number>`.
-- An answer counts when its body says RS_OK; whatever else comes is told apart, so that nothing wrong looks fast.

local threads = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(arguments)
    taken, refused, spent, first_refusal = 0, 0, 0, ""
    local file = assert(io.open(arguments[1] .. "." .. number, "rb"))
    requests, position = {}, 0
    for one in file:read("*a"):gmatch("[^\1]+") do
        requests[#requests + 1] = one
    end
    file:close()
end

function request()
    position = position + 1
    if position > #requests then
        spent = spent + 1
        return "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    end
    return requests[position]
end

function response(status, headers, body)
    if body:find('"RS_OK"', 1, true) then
        taken = taken + 1
    else
        refused = refused + 1
        if first_refusal == "" then
            first_refusal = body:sub(1, 200):gsub('[%c"\\]', " ")
        end
    end
end

function done(summary, latency)
    local sum, said = { taken = 0, refused = 0, spent = 0 }, ""
    for _, thread in ipairs(threads) do
        for name in pairs(sum) do
            sum[name] = sum[name] + thread:get(name)
        end
        said = said ~= "" and said or thread:get("first_refusal")
    end
    local errors = summary.errors
    local lost = errors.connect + errors.read + errors.write + errors.timeout
    print(string.format(
        'RESULT {"seconds": %f, "taken": %d, "refused": %d, "lost": %d, "spent": %d, "said": "%s"}',
        summary.duration / 1e6, sum.taken, sum.refused, lost, sum.spent, said
    ))
end

-- wrk -s post.lua <url> -- <content type> <body>
function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = args[1]
  wrk.body = args[2]
end

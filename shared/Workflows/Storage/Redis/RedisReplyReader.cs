using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <summary>Makes something of a reply.</summary>
internal delegate T RedisReplyReader<out T>(ref RespReader reader);

using Serverless.Components.Bindings.AzureBlobStorage;
using Serverless.Components.Bindings.AzureEventGrid;
using Serverless.Components.Bindings.AzureEventHubs;
using Serverless.Components.Bindings.AzureServiceBusQueues;
using Serverless.Components.Bindings.AzureSignalR;
using Serverless.Components.Bindings.AzureStorageQueues;
using Serverless.Components.Bindings.Cron;
using Serverless.Components.Bindings.GraphQl;
using Serverless.Components.Bindings.Http;
using Serverless.Components.Bindings.Influx;
using Serverless.Components.Bindings.LocalStorage;
using Serverless.Components.Bindings.PostgreSql;
using Serverless.Components.Bindings.RabbitMq;
using Serverless.Components.Bindings.Redis;
using Serverless.Components.Bindings.Smtp;
using Serverless.Components.Bindings.TwilioSendGrid;
using Serverless.Components.Bindings.TwilioSms;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings;

/// <summary>The binding types.</summary>
public static class BindingComponents
{
    /// <summary>Registers every type.</summary>
    public static void Register(ComponentCatalog catalog)
    {
        Add(catalog, "azure.blobstorage", context => new AzureBlobStorageBinding(context));
        Add(catalog, "azure.eventgrid", context => new EventGridBinding(context));
        Add(catalog, "azure.eventhubs", context => new EventHubBinding(context));
        Add(catalog, "azure.servicebusqueues", context => new ServiceBusQueueBinding(context));
        Add(catalog, "azure.signalr", context => new AzureSignalRBinding(context));
        Add(catalog, "azure.storagequeues", context => new StorageQueueBinding(context));
        Add(catalog, "cron", context => new CronBinding(context));
        Add(catalog, "graphql", context => new GraphQlBinding(context));
        Add(catalog, "http", context => new HttpBinding(context));
        Add(catalog, "influx", context => new InfluxBinding(context));
        Add(catalog, "localstorage", context => new LocalStorageBinding(context));
        Add(catalog, "postgres", context => new PostgreSqlBinding(context));
        Add(catalog, "postgresql", context => new PostgreSqlBinding(context));
        Add(catalog, "rabbitmq", context => new RabbitMqBinding(context));
        Add(catalog, "redis", context => new RedisBinding(context));
        Add(catalog, "smtp", context => new SmtpBinding(context));
        Add(catalog, "twilio.sendgrid", context => new SendGridBinding(context));
        Add(catalog, "twilio.sms", context => new TwilioSmsBinding(context));
    }

    private static void Add(ComponentCatalog catalog, string type, Func<ComponentContext, IComponent> create) =>
        catalog.Add($"bindings.{type}", "v1", context => new BindingComponent(create(context), context));
}

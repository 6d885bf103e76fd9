def handler(event, context):
    return "cleaned up"

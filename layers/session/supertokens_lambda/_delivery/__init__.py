"""E-mails by Amazon SES and text messages by Amazon SNS; boto3 is imported when the first of them is sent."""

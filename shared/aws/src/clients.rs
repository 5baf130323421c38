//! The way in: one HTTP client, one credential chain, one region, one retry policy for every service.

use crate::counters::CountRequests;
use crate::{Counters, DynamoTable, S3Blobs, SqsQueue};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use ports::queue::QueueUrls;
use std::sync::Arc;
use std::time::Duration;

/// Attempts of one request by the SDK (standard mode: exponential with full jitter, and a budget for retries).
const SDK_ATTEMPTS_MAX: u32 = 5;

/// Longest pause after the SDK's first attempt; the services answer in milliseconds, so a second would be an age.
const SDK_FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Longest pause between the SDK's attempts.
const SDK_PAUSE_MAX: Duration = Duration::from_secs(2);

/// Longest time until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Longest time of one attempt on the table or a queue: hundreds of times what they take.
const SMALL_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest time from a request to S3 to the first byte of its answer: an upload comes before it.
const OBJECT_READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Whatever the variable says but nothing, `0` or `false` turns the counting of capacity units on.
const COUNT_VARIABLE: &str = "BARLAKE_COUNT_CALLS";

/// What may be said instead of leaving it to the environment.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where every service is, instead of AWS; `AWS_ENDPOINT_URL` and its kin otherwise.
    pub endpoint: Option<String>,
    /// The region; else the SDK's chain.
    pub region: Option<String>,
    /// Access key id and secret access key; else the SDK's chain.
    pub keys: Option<(String, String)>,
    /// Count DynamoDB's capacity units.
    pub count_units: bool,
}

impl Settings {
    /// Everything from the environment; `BARLAKE_COUNT_CALLS=1` counts capacity units.
    #[must_use]
    pub fn from_env() -> Self {
        let count_units =
            std::env::var(COUNT_VARIABLE).is_ok_and(|value| !["", "0", "false"].contains(&value.as_str()));
        Self { count_units, ..Self::default() }
    }
}

/// Clients of the services the adapters use.
#[derive(Debug, Clone)]
pub struct Clients {
    pub(crate) config: SdkConfig,
    /// Where S3 is, when not at AWS.
    #[cfg(feature = "lake")]
    pub(crate) object_endpoint: Option<String>,
    counters: Arc<Counters>,
    dynamodb: aws_sdk_dynamodb::Client,
    sqs: aws_sdk_sqs::Client,
    s3: aws_sdk_s3::Client,
}

impl Clients {
    /// Clients as the environment says: region, credential chain, endpoints.
    pub async fn from_env() -> Self {
        Self::new(Settings::from_env()).await
    }

    /// Clients as the settings say, and the environment where they are silent.
    pub async fn new(settings: Settings) -> Self {
        let http =
            aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let retries = RetryConfig::standard()
            .with_max_attempts(SDK_ATTEMPTS_MAX)
            .with_initial_backoff(SDK_FIRST_PAUSE)
            .with_max_backoff(SDK_PAUSE_MAX);
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(http)
            .retry_config(retries)
            .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).build());
        if let Some(endpoint) = &settings.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(region) = settings.region {
            loader = loader.region(Region::new(region));
        }
        if let Some((id, secret)) = settings.keys {
            loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "settings"));
        }
        let config = loader.load().await;
        let object_endpoint = settings.endpoint.or_else(|| object_endpoint(&config));
        Self::over(config, object_endpoint, Arc::new(Counters::new(settings.count_units)))
    }

    fn over(config: SdkConfig, object_endpoint: Option<String>, counters: Arc<Counters>) -> Self {
        let small = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(SMALL_ATTEMPT_TIMEOUT)
            .build();
        let objects =
            TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(OBJECT_READ_TIMEOUT).build();
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&config)
            .timeout_config(small.clone())
            .interceptor(CountRequests(Arc::clone(&counters)))
            .build();
        let sqs = aws_sdk_sqs::config::Builder::from(&config)
            .timeout_config(small)
            .interceptor(CountRequests(Arc::clone(&counters)))
            .build();
        // An emulation answers at one address, whatever the bucket.
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .timeout_config(objects)
            .force_path_style(object_endpoint.is_some())
            .interceptor(CountRequests(Arc::clone(&counters)))
            .build();
        Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            sqs: aws_sdk_sqs::Client::from_conf(sqs),
            s3: aws_sdk_s3::Client::from_conf(s3),
            config,
            #[cfg(feature = "lake")]
            object_endpoint,
            counters,
        }
    }

    /// The table called `name`.
    #[must_use]
    pub fn table(&self, name: &str) -> Arc<DynamoTable> {
        Arc::new(DynamoTable::new(self.dynamodb.clone(), name, self.counters()))
    }

    /// The queues at these addresses.
    #[must_use]
    pub fn queue(&self, urls: QueueUrls) -> Arc<SqsQueue> {
        Arc::new(SqsQueue::new(self.sqs.clone(), urls))
    }

    /// The language model called `model_id`, on Bedrock in this region.
    #[cfg(feature = "model")]
    #[must_use]
    pub fn language_model(&self, model_id: &str) -> Arc<crate::BedrockModel> {
        Arc::new(crate::BedrockModel::new(&self.config, model_id))
    }

    /// The objects of a bucket.
    #[must_use]
    pub fn blobs(&self, bucket: &str) -> Arc<S3Blobs> {
        Arc::new(S3Blobs::new(self.s3.clone(), bucket))
    }

    /// What these clients have asked for so far.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// The region, for messages and for what is not an SDK client; `None` when nothing names one.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.config.region().map(AsRef::as_ref)
    }
}

/// Where S3 is by the environment, which the SDK reads but does not tell.
fn object_endpoint(config: &SdkConfig) -> Option<String> {
    let ignored = std::env::var("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_ok_and(|value| value == "true");
    let named = std::env::var("AWS_ENDPOINT_URL_S3").ok().filter(|url| !url.is_empty() && !ignored);
    named.or_else(|| config.endpoint_url().map(str::to_owned))
}

//! The lake's object store on S3, with the same region, credentials and endpoint as everything else here.
//!
//! It only opens the store; what lies in it is the lake's.

use crate::{Clients, Counters};
use async_trait::async_trait;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use object_store::aws::{AmazonS3Builder, AwsCredential};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};
use object_store::{BackoffConfig, ClientOptions, CredentialProvider, ObjectStore, RetryConfig};
use ports::PortError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Retries of one request to the store.
const RETRIES_MAX: usize = 5;

/// Longest time from the first attempt of a request after which no other is made: a slice has a minute in all.
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);

/// Pauses between attempts.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Longest time until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Longest time of one request, body included; parts of the lake are a few megabytes.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

impl Clients {
    /// The bucket as the lake wants it.
    ///
    /// # Errors
    /// [`PortError::Internal`] without a region or credentials, or for a bad endpoint.
    pub fn object_store(&self, bucket: &str) -> Result<Arc<dyn ObjectStore>, PortError> {
        let missing = |what: &str| PortError::Internal(format!("bucket {bucket}: no {what} configured"));
        let region = self.region().ok_or_else(|| missing("region"))?;
        let credentials = self.config.credentials_provider().ok_or_else(|| missing("credentials"))?;
        let options = ClientOptions::new().with_connect_timeout(CONNECT_TIMEOUT).with_timeout(REQUEST_TIMEOUT);
        let retry = RetryConfig {
            backoff: BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: PAUSE_MAX, base: 2.0 },
            max_retries: RETRIES_MAX,
            retry_timeout: RETRY_TIMEOUT,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(region)
            .with_credentials(Arc::new(SdkCredentials(credentials)))
            .with_retry(retry)
            .with_http_connector(CountingConnector(self.counters()))
            .with_virtual_hosted_style_request(true);
        let mut allow_http = false;
        if let Some(endpoint) = &self.object_endpoint {
            allow_http = endpoint.starts_with("http://");
            builder = builder.with_endpoint(endpoint).with_virtual_hosted_style_request(false);
        }
        builder = builder.with_client_options(options.with_allow_http(allow_http));
        let store = builder.build().map_err(|error| PortError::Internal(format!("bucket {bucket}: {error}")))?;
        Ok(Arc::new(store))
    }
}

/// The SDK's credential chain, which caches and renews.
#[derive(Debug)]
struct SdkCredentials(SharedCredentialsProvider);

#[async_trait]
impl CredentialProvider for SdkCredentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let credentials = self
            .0
            .provide_credentials()
            .await
            .map_err(|error| object_store::Error::Generic { store: "S3", source: Box::new(error) })?;
        Ok(Arc::new(AwsCredential {
            key_id: credentials.access_key_id().to_owned(),
            secret_key: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(str::to_owned),
        }))
    }
}

/// Counts the store's requests where they leave.
#[derive(Debug)]
struct CountingConnector(Arc<Counters>);

impl HttpConnector for CountingConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(CountingService { client, counters: Arc::clone(&self.0) }))
    }
}

struct CountingService {
    client: HttpClient,
    counters: Arc<Counters>,
}

impl fmt::Debug for CountingService {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CountingService")
    }
}

#[async_trait]
impl HttpService for CountingService {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.counters.add_s3(request.method().as_str(), request.uri().query().unwrap_or_default());
        self.client.execute(request).await
    }
}

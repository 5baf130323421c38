//! A private DataFusion session over one object store, and a table over exactly the objects named.
//!
//! Nothing is ever listed: which objects belong to a table is said by a manifest or by receipts.

use crate::verified::VerifiedStore;
use async_trait::async_trait;
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use object_store::{ObjectMeta, ObjectStore};
use std::sync::Arc;

/// Rows per batch.
const BATCH_ROWS: usize = 8_192;

/// Bytes of an object's end fetched at first: footer and page index of a year of minutes fit, a month of bars does not.
const FOOTER_BYTES: usize = 48 * 1024;

/// One query runs in one partition: calls run beside each other already, and one stream keeps the stored order.
const TARGET_PARTITIONS: usize = 1;

/// A session that can see one object store and nothing else.
pub(crate) struct ObjectSession {
    context: SessionContext,
    store: Arc<VerifiedStore>,
    format: Arc<ParquetFormat>,
}

impl ObjectSession {
    pub(crate) fn new(store: Arc<dyn ObjectStore>) -> Self {
        let store = Arc::new(VerifiedStore::new(store));
        let config = SessionConfig::new().with_target_partitions(TARGET_PARTITIONS).with_batch_size(BATCH_ROWS);
        let context = SessionContext::new_with_config(config);
        // The URL is only a name inside the session. Taking the local file system's hides it.
        context.register_object_store(store_url().as_ref(), store.clone());
        let mut options = TableParquetOptions::default();
        options.global.enable_page_index = true;
        options.global.metadata_size_hint = Some(FOOTER_BYTES);
        // Kept, because the objects say in it what they are.
        options.global.skip_metadata = false;
        // Columns keep the types they were written with.
        options.global.schema_force_view_types = false;
        let format = Arc::new(ParquetFormat::default().with_options(options));
        Self { context, store, format }
    }

    pub(crate) fn store(&self) -> &VerifiedStore {
        &self.store
    }

    /// The union of the objects' columns, with their metadata, which must agree.
    pub(crate) async fn schema(&self, objects: &[ObjectMeta]) -> Result<SchemaRef> {
        let store: Arc<dyn ObjectStore> = self.store.clone();
        self.format.infer_schema(&self.context.state(), &store, objects).await
    }

    /// The rows of the objects. `ascending_by` names a column by which a single object is stored ascending, without nulls.
    pub(crate) fn read(
        &self,
        schema: SchemaRef,
        objects: Vec<ObjectMeta>,
        ascending_by: Option<&'static str>,
    ) -> Result<DataFrame> {
        let format = Arc::clone(&self.format);
        self.context.read_table(Arc::new(NamedObjects { schema, objects, ascending_by, format }))
    }
}

/// Never fails, unlike parsing a URL of our own.
fn store_url() -> ObjectStoreUrl {
    ObjectStoreUrl::local_filesystem()
}

/// A table over named Parquet objects.
#[derive(Debug)]
struct NamedObjects {
    schema: SchemaRef,
    objects: Vec<ObjectMeta>,
    ascending_by: Option<&'static str>,
    format: Arc<ParquetFormat>,
}

impl NamedObjects {
    fn ordering(&self) -> Result<Option<LexOrdering>> {
        let Some(name) = self.ascending_by else { return Ok(None) };
        let options = SortOptions { descending: false, nulls_first: false };
        Ok(LexOrdering::new([PhysicalSortExpr { expr: col(name, &self.schema)?, options }]))
    }
}

#[async_trait]
impl TableProvider for NamedObjects {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let source = Arc::new(ParquetSource::new(Arc::clone(&self.schema)));
        let files = self.objects.iter().cloned().map(PartitionedFile::new_from_meta).collect();
        let config = FileScanConfigBuilder::new(store_url(), source)
            .with_file_group(FileGroup::new(files))
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .with_output_ordering(self.ordering()?.into_iter().collect())
            .build();
        self.format.create_physical_plan(state, config).await
    }
}

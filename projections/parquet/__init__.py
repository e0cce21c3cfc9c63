# SPDX-License-Identifier: Apache-2.0
"""What is public of the log and of its read models, as Parquet files for analysts."""

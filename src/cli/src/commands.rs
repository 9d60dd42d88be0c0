//! One file per command.

pub(crate) mod adapter;
pub(crate) mod call;
pub(crate) mod codegen;
pub(crate) mod consumer;
pub(crate) mod demo;
pub(crate) mod describe;
pub(crate) mod grant;
pub(crate) mod journal;
pub(crate) mod list;
pub(crate) mod operation;
pub(crate) mod portal;
pub(crate) mod serve;
pub(crate) mod verify;

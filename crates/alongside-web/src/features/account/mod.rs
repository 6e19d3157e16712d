//! Making an account, signing in, recovering, unlocking.

mod landing;
mod recover;
pub(crate) mod sheets;
mod signin;
mod start;
mod unlock;

pub(crate) use landing::Landing;
pub(crate) use recover::Recover;
pub(crate) use signin::SignIn;
pub(crate) use start::Start;
pub(crate) use unlock::Unlock;

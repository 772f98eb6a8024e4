//! test check
// diagnostic filters must not contradict each other
diagnostic(off, derivative_uniformity);
diagnostic(info, derivative_uniformity); //~ W0252

//! == check ==
//! error[W0252]: 'derivative_uniformity' has two filters that contradict each other
//!  --> shader.wgsl:4:1
//! 4 | diagnostic(info, derivative_uniformity); //~ W0252
//!   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//! note: the other is here
//!  --> shader.wgsl:3:1
//! 3 | diagnostic(off, derivative_uniformity);
//!   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

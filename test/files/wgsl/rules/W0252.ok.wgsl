//! test check
// diagnostic filters must not contradict each other
diagnostic(off, derivative_uniformity);
diagnostic(info, subgroup_uniformity);

//! == check ==
//! valid

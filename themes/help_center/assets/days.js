// What depends on the day a page is read, not on the day it was built: what begins or ends, and which version of a policy applied when.
(function () {
  var now = new Date();
  var today = now.getFullYear() + "-" + String(now.getMonth() + 1).padStart(2, "0") + "-" + String(now.getDate()).padStart(2, "0");

  document.querySelectorAll("[data-kb-from], [data-kb-until]").forEach(function (element) {
    var from = element.dataset.kbFrom;
    var until = element.dataset.kbUntil;
    element.hidden = Boolean((from && today < from) || (until && today >= until));
  });

  document.querySelectorAll("form[data-kb-applied]").forEach(function (form) {
    var day = form.querySelector("input");
    var answer = form.querySelector("output");
    var versions = Array.from(form.parentElement.querySelectorAll("[data-kb-applies]")); // newest first
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    day.addEventListener("change", function () {
      var applied = day.value && versions.find(function (version) { return version.dataset.kbApplies <= day.value; });
      versions.forEach(function (version) { version.classList.toggle("kb-versions__applied", version === applied); });
      answer.textContent = !day.value ? "" : applied
        ? answer.dataset.kbAnswer.replace("{version}", applied.dataset.kbVersion)
        : answer.dataset.kbNone;
    });
  });
})();
